"""Compiles the inner loops of understanding while a wheel or an editable checkout is built.

Without a C compiler, without Python's headers or on a system whose compiler takes other options
nothing is compiled, and the package does the same in Python (`bot.understanding.arrays.kernels`).
What a newcomer would get wrong: a build never fails for it, and says which of the two it became.
"""

from __future__ import annotations

import shlex
import subprocess
import sysconfig
import zlib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = "bot/understanding/arrays/_kernels.c"
_OPTIONS = ("-O3", "-fPIC", "-shared", "-ffp-contract=off")
"""Nothing that depends on the machine of the build: what is wider is chosen when it runs."""
_TIMEOUT_S = 120


def compiled(root: Path) -> str | None:
    """Compile into the source tree, and return the path of the outcome from the root.

    `None` if that is not possible here.
    """
    source, suffix = root / SOURCE, sysconfig.get_config_var("EXT_SUFFIX")
    headers, compiler = Path(sysconfig.get_path("include")), sysconfig.get_config_var("CC")
    if not (suffix and compiler and (headers / "Python.h").exists()):
        return None
    target = source.with_name(source.stem + suffix)
    told = (
        f"-DSOURCE={zlib.crc32(source.read_bytes())}u"  # by which an outcome that is old is known
    )
    part = target.with_suffix(".part")
    linking = ("-undefined", "dynamic_lookup") if "darwin" in sysconfig.get_platform() else ()
    command = [*shlex.split(compiler), *_OPTIONS, *linking, told, f"-I{headers}", str(source)]
    try:
        run = [*command, "-o", str(part), "-lm"]
        subprocess.run(run, check=True, capture_output=True, timeout=_TIMEOUT_S)
        part.replace(target)  # whoever runs the old one keeps it
    except (OSError, subprocess.SubprocessError):
        part.unlink(missing_ok=True)
        return None
    return target.relative_to(root).as_posix()


class KernelsHook(BuildHookInterface[Any]):
    """Adds what was compiled to the wheel, which is then one for this platform."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        found = compiled(Path(self.root))
        if found is None:
            self.app.display_info("no compiler: the inner loops stay Python")
            return
        self.app.display_info(f"compiled {found}")
        build_data["artifacts"].append(found)
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
