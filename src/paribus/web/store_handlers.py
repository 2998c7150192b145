"""Handlers of what the page shows of the store. They read files, and so run in threads of their own."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response

from paribus.core.errors import RecipeError, StoreError
from paribus.core.temporary import temporary_folder
from paribus.page.curves_data import curves_data
from paribus.page.packing import Kind, pack_arrays
from paribus.programs.recipe.lab.lab_data import network_plan, packed_weights, weight_shapes
from paribus.programs.recipe.lab.report_contents import report_lab
from paribus.programs.recipe.model_registry import is_drawn
from paribus.programs.recipe.recipe import Recipe, recipe_of
from paribus.programs.view import program_view
from paribus.records.run import RunRecord
from paribus.report.gather import explained_part, sound_explanation, tuned_beside
from paribus.report.parts import verdict_part
from paribus.runs.store import Damage, Store
from paribus.web.http_json import BadRequest, answer, faults_json
from paribus.web.options import options as options_json
from paribus.web.page_json import comparison_page, summary_json
from paribus.web.problems import Missing
from paribus.web.read_store import (
    NoImages,
    comparison_files,
    is_explained,
    newest_moment,
    open_comparison,
    run_images,
    run_inputs,
    run_record,
    run_story,
    run_weights,
)
from paribus.web.server_state import Lab, lab_of
from paribus.words.safe_text import one_line
from paribus.words.translation import LANGUAGES

_LARGEST_FLOAT16 = 65504.0


async def options(request: Request) -> Response:
    """What can be asked for. Who asks that will soon ask for a plan."""
    lab_of(request).get_ready()
    return answer(options_json())


def comparisons(request: Request) -> Response:
    """All comparisons of the store, the newest first; what is wrong with those that cannot be read."""
    lab = lab_of(request)
    found, faults, damage = [], [], Damage()
    for path in comparison_files(lab.store):
        try:
            found.append({**_summary(lab, path), "tags": ()})
            with damage.left_out():
                found[-1]["tags"] = Store(lab.store).tags(path.parent.name)
        except FileNotFoundError:  # taken away meanwhile
            continue
        except (StoreError, Missing) as error:
            faults += faults_json(error)
    faults += [one for fault in damage.faults for one in faults_json(fault)]
    return answer({"comparisons": sorted(found, key=lambda c: (c["created"], c["id"]), reverse=True), "faults": faults})


def _summary(lab: Lab, path: Path) -> dict[str, Any]:
    """Computed once for each state of the file."""
    name, facts = path.parent.name, path.stat()
    stamp = (facts.st_mtime_ns, facts.st_size)
    known, summary = lab.summaries.get(name, (None, {}))
    if known != stamp:
        summary = summary_json(open_comparison(lab.store, name).comparison)
        lab.summaries[name] = (stamp, summary)
    return {**summary, "explained": is_explained(lab.store, name)}


def comparison(request: Request) -> Response:
    """One comparison with all its words."""
    result = open_comparison(lab_of(request).store, request.path_params["id"])
    explanation, faults = None, []
    try:
        explanation = sound_explanation(result.comparison, result.store)
    except StoreError as error:  # the comparison is whole all the same
        faults = faults_json(error)
    damage = Damage()
    tuned = tuned_beside(result.comparison, result.store, damage)
    page = comparison_page(result.comparison, explanation, faults, tuned)
    return answer({**page, "faults": [one for fault in damage.faults for one in faults_json(fault)]})


def why(request: Request) -> Response:
    """Why, as the report shows it: a piece of HTML, and the figures to save."""
    result = open_comparison(lab_of(request).store, request.path_params["id"])
    part = explained_part(result.comparison, result.store, _language(request))
    if part is None:
        raise Missing("nobody has asked why of {name!q} yet", name=result.comparison.id)
    return answer(part)


def lab(request: Request) -> Response:
    """The trained networks, moments of their training, test images: what `lab.js` shows."""
    result = open_comparison(lab_of(request).store, request.path_params["id"])
    if not program_view(result.comparison.program).has_networks(result.comparison):
        raise Missing("the program {name} has no networks to show", name=result.comparison.program.name)
    return answer(report_lab(result.comparison, result.store, _language(request)))


def curves(request: Request) -> Response:
    """The comparison's training curves, as the page's chart takes them."""
    comparison = open_comparison(lab_of(request).store, request.path_params["id"]).comparison
    return answer(curves_data(comparison, _language(request)))


def verdict(request: Request) -> Response:
    """The arms, the words and the differences, as the report shows them: a piece of HTML."""
    comparison = open_comparison(lab_of(request).store, request.path_params["id"]).comparison
    return answer({"html": verdict_part(comparison, _language(request))})


def report(request: Request) -> Response:
    """The HTML report, to be kept."""
    lang = _language(request)
    result = open_comparison(lab_of(request).store, request.path_params["id"]).in_language(lang)
    with temporary_folder("report") as folder:
        data = result.report_told(folder / "report.html")[0].read_bytes()  # the page says what it goes without
    name = f"{result.comparison.id}.{lang}.html"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(data, headers=headers, media_type="text/html; charset=utf-8")


def _language(request: Request) -> str:
    lang = request.query_params.get("lang", "en")
    if lang not in LANGUAGES:
        raise BadRequest("{field} must be one of {choices}", field="lang", choices=LANGUAGES, got=lang)
    return lang


def weights(request: Request) -> Response:
    """The newest weights of a run, for the page's own forward pass."""
    store, name = lab_of(request).store, request.path_params["run"]
    record, moment = run_record(store, name), newest_moment(store, name)
    if moment is None:
        return answer({"moment": None, "network": None})
    tag = f'"{name}/{moment.name}/{moment.epoch}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"etag": tag})
    recipe = _recipe(record)
    network = None if recipe is None else _network(recipe, run_weights(store, name, moment.name))
    return answer({"moment": asdict(moment), "network": network}, headers={"etag": tag, "cache-control": "no-cache"})


def _recipe(record: RunRecord) -> Recipe | None:
    """What was trained; None of a run of another program."""
    with contextlib.suppress(RecipeError):
        return recipe_of(record.fields)
    return None


def _network(recipe: Recipe, weights: dict[str, NDArray[Any]]) -> dict[str, Any] | None:
    """What the page's own forward pass takes; None for a network that it has none for."""
    if not is_drawn(recipe.model):
        return None
    try:
        table, shape, class_names = run_inputs(recipe)
    except NoImages:
        return None
    plan = network_plan(recipe, shape, len(class_names))
    shapes = weight_shapes(plan)
    if any(name not in weights or weights[name].shape != shape for name, shape in shapes.items()):
        return None
    return {
        "plan": plan,
        "table": pack_arrays({"table": table}, "float32"),
        "weights": packed_weights(plan, weights, _kind(weights)),
        "classes": [one_line(name, 24) for name in class_names],
    }


def _kind(arrays: dict[str, NDArray[Any]]) -> Kind:
    """Half the bytes, unless a number would become infinite."""
    largest = max((float(np.abs(a[np.isfinite(a)]).max(initial=0)) for a in arrays.values()), default=0.0)
    return "float16" if largest <= _LARGEST_FLOAT16 else "float32"


def images(request: Request) -> Response:
    """Some test images of the run's data set, to put before a network that still trains."""
    record = run_record(lab_of(request).store, request.path_params["run"])
    recipe = _recipe(record)
    if recipe is None:
        raise Missing("the program {name} has no networks to show", name=record.program.name)
    return answer(run_images(recipe))


def story(request: Request) -> Response:
    """What the probes saw so far."""
    return answer({"story": run_story(lab_of(request).store, request.path_params["run"])})
