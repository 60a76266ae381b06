"""WeChat and WeCom on 127.0.0.1, as faithful as a bot can tell.

They sign and encrypt with wechatpy, which nobody here wrote; they repeat a call that fails or takes
five seconds, three times in all; their tokens end; they refuse what is too long or too much.
"""

from tests.e2e.tencent.robot import RobotGateway
from tests.e2e.tencent.wechat import WeChat
from tests.e2e.tencent.wecom import WeCom

__all__ = ["RobotGateway", "WeChat", "WeCom"]
