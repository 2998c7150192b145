"""The extra `mcp`: its tools, called by the SDK's own client through a server that is a process of its own."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

if os.environ.get("PARIBUS_EXTRA") != "mcp":
    pytest.skip("`make extras` runs it where the SDK is installed", allow_module_level=True)

from mcp import Client, StdioServerParameters

TRAIN = "import random, sys\nrandom.seed(int(sys.argv[1]))\nprint('{\"gain\": %r}' % (0 + random.gauss(0, 1)))\n"


def test_a_loop_by_its_tools(tmp_path):
    (tmp_path / "train.py").write_text(TRAIN)
    (tmp_path / "results.csv").write_text("seed,a,b\n0,1,2\n1,1.1,2.2\n2,1.2,2.1\n3,1.1,2.3\n")
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)

    async def loop():
        parameters = StdioServerParameters(
            command=sys.executable, args=["-m", "paribus", "mcp"], cwd=tmp_path, env=dict(os.environ)
        )
        async with Client(parameters) as client:

            async def call(name, **arguments):
                answer = await client.call_tool(name, arguments)
                assert not answer.is_error, answer
                return json.loads(answer.content[0].text)

            names = {tool.name for tool in (await client.list_tools()).tools}
            assert names == {"referee_start", "referee_try", "referee_report", "judge", "power"}
            started = await call("referee_start", metric="gain:max", command=[sys.executable, "train.py", "{seed}"])
            assert started["exit_code"] == 0, started
            idle = await call("referee_try", message="nothing")
            assert (idle["exit_code"], idle["result"]["reason"]) == (10, "nothing_changed")
            (tmp_path / "train.py").write_text(TRAIN.replace("(0 +", "(2 +"))
            assert (await call("referee_try", message="-m real"))["exit_code"] == 0
            report = await call("referee_report")
            assert report["result"]["kept"] == 1
            assert report["result"]["tries"][1]["message"] == "-m real"
            judged = await call(
                "judge", table="results.csv", metric="gain:max", options=["--arms", "a,b", "--pair-by", "seed"]
            )
            assert judged["result"]["verdict"]["en"]
            power = await call("power", options=["--spread", "0.4", "--difference", "1"])
            assert power["exit_code"] == 0, power
            broken = await call("referee_start", metric="gain:max", command=["train.py", "{seed}"])
            assert (broken["exit_code"], broken["result"]) == (2, None)
            assert "--new" in broken["said"]

    asyncio.run(loop())
