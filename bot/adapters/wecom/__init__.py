"""WeCom (企业微信): the callback of a self-built app, and the long connection of a robot."""
