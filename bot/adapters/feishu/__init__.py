"""Feishu (飞书), and Lark outside China: a robot that is called back with events."""
