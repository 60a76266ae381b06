"""zhuce (注册): answers about registering a 二级建造师 certificate, on any chat platform."""

__version__ = "0.1.0"
