"""What is known of the built-in program without its code."""

from __future__ import annotations

from paribus.records.program import Label, Metric, ProgramInfo

RECIPE = ProgramInfo(
    kind="recipe",
    name="recipe",
    metrics=(
        Metric(
            name="test_accuracy", direction="max", unit="share", label=Label(en="test accuracy", ko="테스트 정확도")
        ),
        Metric(
            name="val_accuracy", direction="max", unit="share", label=Label(en="validation accuracy", ko="검증 정확도")
        ),
        Metric(name="val_loss", direction="min", unit="nats", label=Label(en="validation loss", ko="검증 손실")),
        Metric(
            name="train_accuracy", direction="max", unit="share", label=Label(en="training accuracy", ko="훈련 정확도")
        ),
        Metric(name="train_loss", direction="min", unit="nats", label=Label(en="training loss", ko="훈련 손실")),
    ),
    steers="val_accuracy",
    judged="test_accuracy",
    length="epochs",
)
