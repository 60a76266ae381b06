"""DingTalk (钉钉): a robot of a company, by Stream or by a signed webhook."""
