"""Stands for a process that is forked elsewhere: `python -S -E prefork_client.py SOCKET MODULE WORDS...`.

It hands over its streams and its environment, and ends as the other ends; where it is killed, so is the other.
"""

import json
import os
import socket
import sys

path, module, *words = sys.argv[1:]
with socket.socket(socket.AF_UNIX) as asking:
    asking.connect(path)
    request = {"module": module, "words": words, "cwd": os.getcwd(), "env": dict(os.environ)}  # noqa: PTH109
    socket.send_fds(asking, [json.dumps(request).encode()], [0, 1, 2])
    for stream in (0, 1):
        os.close(stream)
    answer = asking.recv(64)
code = int(answer or b"1")
if code < 0:
    os.kill(os.getpid(), -code)
sys.exit(code)
