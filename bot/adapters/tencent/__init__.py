"""What WeChat and WeCom have in common: signed and encrypted XML, access tokens, calls."""
