"""A page for the instructions of an agent that edits in a loop."""

from __future__ import annotations

from paribus.words.translation import Lang

# ruff: noqa: E501 - a line that is copied whole is not broken
_RULES: dict[Lang, str] = {
    "en": """\
# Rules of the loop

You improve a training script by edits. You never decide yourself whether an edit is better, and never by one run.
A referee does: it runs your edit and what stands now on the same fresh seeds, until the difference is clear.

1. If `paribus-lab/referee` is not there, begin once, before the first edit, with the command that trains:
   `paribus referee start --metric val_loss:min --ruler evaluate.py --budget-per-try 10m -- python train.py --seed {seed}`
   It says which differences it can find, and what a try costs. Commit your work to git first.
2. Make one edit. One idea a try; its files stay in the working tree, you need not commit them.
3. `paribus referee try -m "what the edit is" --commit --json`
   Wait for it. It may take many runs. If it is killed, give the same command again: it goes on.
4. Act on its exit code, and on nothing else:
   - 0 keep: the edit is the new baseline, and is committed. Go on from there.
   - 10 discard: undo the edit (`git checkout -- . && git clean -fd`). Do not try the very same edit again.
   - 20 open: it could not be decided. Undo the edit, or try a bolder form of it. Do not count it as an improvement.
   - 2 your mistake: nothing was run. Read the message and mend what it names. If the ruler was touched, put it back.
   - 1 the referee broke: nothing was decided. Report it; do not go on by your own judgement.
5. Never touch the ruler (what measures, and the data), `paribus-lab`, or the seeds. Never run the training yourself to
   look which seed is lucky. Do not edit while a try runs.
6. Every try costs some of the loop's error. Prefer few bold edits to many small ones.
7. At the end: `paribus referee report`. Quote its figures, not those of single runs.
""",
    "ko": """\
# 루프 규칙

훈련 스크립트를 조금씩 고쳐 나갑니다. 고친 것이 더 나은지는 스스로 판단하지 않으며, 한 번 돌린 결과로 판단하지도
않습니다. 판정은 심판(referee)이 합니다. 심판은 고친 코드와 지금의 기준을 새 시드로 짝지어 돌리고, 차이가 분명해질 때까지
되풀이합니다.

1. `paribus-lab/referee`가 없으면, 첫 수정 전에 훈련 명령으로 한 번 시작합니다. 먼저 git에 커밋해 두십시오.
   `paribus referee start --metric val_loss:min --ruler evaluate.py --budget-per-try 10m -- python train.py --seed {seed}`
   어느 정도 차이까지 찾아낼 수 있는지, 시도 한 번에 얼마나 걸리는지 알려 줍니다.
2. 한 번에 한 가지만 고칩니다. 고친 파일은 작업 폴더에 그대로 두면 되고, 커밋하지 않아도 됩니다.
3. `paribus referee try -m "무엇을 고쳤는지" --commit --json`
   끝날 때까지 기다립니다. 여러 번 돌리므로 오래 걸릴 수 있습니다. 중간에 죽으면 같은 명령을 다시 주십시오. 이어서 합니다.
4. 종료 코드대로만 합니다.
   - 0 채택: 고친 코드가 새 기준이 되고 커밋됩니다. 거기서 이어 갑니다.
   - 10 버림: 수정을 되돌립니다(`git checkout -- . && git clean -fd`). 똑같은 수정을 다시 시도하지 않습니다.
   - 20 미정: 판정하지 못했습니다. 되돌리거나 더 과감하게 고쳐 다시 시도합니다. 나아진 것으로 치지 않습니다.
   - 2 잘못된 사용: 아무것도 돌리지 않았습니다. 메시지가 가리키는 것을 고칩니다. 측정 파일을 건드렸다면 되돌립니다.
   - 1 심판의 고장: 아무것도 판정하지 않았습니다. 스스로 판단해 넘어가지 말고 알리십시오.
5. 측정 파일과 데이터, `paribus-lab`, 시드는 건드리지 않습니다. 운 좋은 시드를 찾으려고 훈련을 직접 돌려 보지 않습니다.
   시도가 도는 동안에는 고치지 않습니다.
6. 시도할 때마다 루프의 오류 허용치를 조금씩 씁니다. 자잘한 수정 여럿보다 과감한 수정 몇 가지가 낫습니다.
7. 마지막에 `paribus referee report`를 돌립니다. 한 번 돌린 수치가 아니라 보고서의 수치를 인용합니다.
""",
}


def rules_page(lang: Lang) -> str:
    """The page in Markdown."""
    return _RULES[lang]
