"""WeChat official accounts (公众号): a callback address that answers within five seconds."""
