"""Starts processes one at a time and says what each cost: a program of its own, run by `benchmarks.measure`.

It imports next to nothing, because a process that is started counts the memory of the one that started it.
One task is a line of JSON on standard input, one result a line on standard output.
"""

import json
import os
import sys
import time


def watched(words: list[str], folder: str, env: dict[str, str], out: str, err: str) -> list[float]:
    """Wall clock and processor time in seconds, peak memory in KiB (of Linux), exit code."""
    start = time.perf_counter()
    pid = os.fork()
    if not pid:
        try:
            os.chdir(folder)
            for number, path, flags in (
                (0, os.devnull, os.O_RDONLY),
                (1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
                (2, err, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
            ):
                os.dup2(os.open(path, flags), number)
            os.execve(words[0], words, env)
        finally:
            os._exit(127)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    return [wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status)]


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(watched(*json.loads(line))), flush=True)
