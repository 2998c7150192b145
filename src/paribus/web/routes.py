"""The page's routes: the contract between the server and the page.

Every route but the plain page that asks for it needs the token's cookie; Host and Origin are checked on every route.
POST takes JSON alone (`Content-Type: application/json`, at most 64 KiB), and needs the page's own Origin. Whatever
goes wrong is answered as `{"faults": [fault, ...]}` with a status of 400 or more. Words are a text in each language,
`{"en", "ko"}`.

    fault       {rule: words, received: text | null, choices: [text], field: recipe field | null, id: the rule's English
                sentence with places, values: what stands in them}
    order       {factor, values: [...], recipe: "lesson", settings: {field: value}, seeds: 6, epochs: null, margin: 0.1,
                first_seed: 0}; only factor and values must be given
    job         {id, kind: "compare" | "why", state, revision, order | null, comparison: id, title: words, created,
                started, ended: ISO time | null, place: 1.. in the queue | null, commands: [those that fit],
                progress: {runs, ended, epochs, done} (counts; runs and epochs are null while unknown), faults: [fault]}
    state       waiting, running, paused, finished, failed, stopped; and on the way to another: pausing, stopping,
                resuming (a pause was asked for, and then taken back, while the training process still ends)

GET  /                              the page: templates/page.html.j2 with `lang`, `version`, `asset(name)` -> address,
                                    `text(sentence)`, and `words`: a block with what page_words gives
GET  /?token=TOKEN                  sets the cookie, and leads to /
GET  /assets/NAME                   web/static/NAME, page/NAME, page/vendor/NAME as
                                    vendor/NAME, figures/fonts/NAME as fonts/NAME, and theme.css: fonts, colours of
                                    both themes and of 20 arms; with an ETag, always revalidated

GET  /api/options                   {fields: [{name, label: words, meaning: words, group: "data" | "network" |
                                    "optimiser", kind: "choice" | "switch" | "whole" | "number" | "list" | "text",
                                    choices: [value], names: {value: words}, limits: {at_least, above, at_most, below},
                                    default, lesson, fair, fast, quick}], recipes: [{name, meaning: words}], ready:
                                    questions to ask, [{factor, values, recipe, settings, about: words}], elsewhere:
                                    where the same one may be asked, {recipe: {recipe, about: words}}, dashes: of
                                    charts' lines, defaults: order}
POST /api/check        order        {ok, faults, id, command, foreseen: words, what the seeds can show | null,
                                    estimate: {seconds | null, runs, finished, resumed, bytes, workers, download} |
                                    null}; 200 also where there are faults. Nothing is downloaded for it: download is
                                    how many bytes will be when it starts, and until then all but runs is null
POST /api/comparisons  order        201 {job}; 200 where that very order is in the queue already (a paused one goes on)

GET  /api/jobs                      {jobs: [job, ...]}: in the order of the queue
GET  /api/jobs/ID                   job, with arms: [{name, label: words}] and runs: [{run, arm, seed, epochs, state:
                                    "waiting" | "training" | "finished" | "diverged" | "failed", metrics: [{epoch,
                                    train_loss, train_accuracy, val_loss, val_accuracy, learning_rate, seconds}]}]; none
                                    for why, which has search: {phase: words, doing: [words], ended, of, done: [{change:
                                    words, before, after, text: words}]} (diagnosis/words/search.py) | null.
                                    The faults of a finished job are about its report alone
POST /api/jobs/ID/pause|resume|stop {job}; asked again it changes nothing. 409 where the state forbids it
POST /api/jobs/ID/move              {before: job id | null}   {jobs}; null: to the end
POST /api/comparisons/ID/tags       {add?: [tag], remove?: [tag]}   {tags: [tag]}, those that it has then
POST /api/comparisons/ID/why        {budget?: seconds}   {job} that explains a comparison of the store

GET  /api/comparisons               {comparisons: [{id, recipe_name, title: words, created, seeds, confounded,
                                    explained: bool, headline: words, tags: [text]}], faults: [fault]}, the newest
                                    first; recipe_name tells which settings differ from the recipe's
GET  /api/comparisons/ID            {comparison: the object of docs/json.md with its explanation, title: words,
                                    order: what asks it again | null where the form cannot, pairs: [{headline: words}],
                                    why: {headline: words} | null, why_faults: [fault] of an explanation that is
                                    damaged, faults: [fault] of what else is, networks: bool, whether `lab` has any,
                                    explains: {arm: words, all_trained: bool}: which arm why would be about}
GET  /api/comparisons/ID/why        ?lang=en|ko   {html, tables, name, left_out}: the report's part (parts.py), of which
                                    every name is escaped, and what makeSaveable of saveable.js takes; 404 without one
GET  /api/comparisons/ID/report     ?lang=en|ko   the HTML file, as a download
GET  /api/comparisons/ID/curves     ?lang=en|ko   the dictionary of page/curves_data.py
GET  /api/comparisons/ID/verdict    ?lang=en|ko   {html}: the arms, the words and the differences (parts.py)
GET  /api/comparisons/ID/lab        ?lang=en|ko   the dictionary of programs/recipe/lab/lab_data.py,
                                    with left_out: [text], what cannot be read

GET  /api/runs/RUN/weights          {moment: {name, epoch | null, step | null}, network: {plan,
                                    table, weights, classes} | null}: what createNetwork of page/network.js
                                    takes, packed for unpack.js; null for a network that the page cannot run; with an
                                    ETag. The newest; of a run that has only just begun there is none: moment and
                                    network are null
GET  /api/runs/RUN/images           {packed, labels, places}: some test images of the run's data set, of every class
GET  /api/runs/RUN/story            {story: what programs/recipe/lab/training_moments.py tells,
                                    with the newest look as its moment | null where no probe looked}

GET  /api/events                    server-sent events, each with an id; Last-Event-ID goes on after that one
    state     {jobs: [job, ...]}    first, unless the events since the last id are all there
    job       job                   a job changed
    order     {jobs: [id, ...]}     the queue was put in another order
    run       {job, run, arm, seed, epochs, state: "training" | "finished" | "diverged" | "failed", reused}
    epoch     {job, run, arm, seed, epoch, epochs, metrics}; run is null where it only tests an explanation
    search    {job, ...search}      what is tested now to explain a comparison, and what came of the rest
    verdict   {job, comparison}     a comparison is ready
    explained {job, comparison}     why is ready
    beat      {}                    after 15 s without another event; has no id
"""

from __future__ import annotations

from starlette.routing import Route

from paribus.web import queue_handlers, store_handlers
from paribus.web.assets import asset
from paribus.web.page import page

ROUTES = [
    Route("/", page),
    Route("/assets/{name:path}", asset),
    Route("/api/options", store_handlers.options),
    Route("/api/check", queue_handlers.check, methods=["POST"]),
    Route("/api/jobs", queue_handlers.jobs),
    Route("/api/jobs/{id}", queue_handlers.job),
    Route("/api/jobs/{id}/pause", queue_handlers.commanding("pause"), methods=["POST"]),
    Route("/api/jobs/{id}/resume", queue_handlers.commanding("resume"), methods=["POST"]),
    Route("/api/jobs/{id}/stop", queue_handlers.commanding("stop"), methods=["POST"]),
    Route("/api/jobs/{id}/move", queue_handlers.move, methods=["POST"]),
    Route("/api/comparisons", store_handlers.comparisons),
    Route("/api/comparisons", queue_handlers.compare, methods=["POST"]),
    Route("/api/comparisons/{id}", store_handlers.comparison),
    Route("/api/comparisons/{id}/why", store_handlers.why, methods=["GET"]),
    Route("/api/comparisons/{id}/why", queue_handlers.why, methods=["POST"]),
    Route("/api/comparisons/{id}/tags", queue_handlers.tag, methods=["POST"]),
    Route("/api/comparisons/{id}/lab", store_handlers.lab),
    Route("/api/comparisons/{id}/curves", store_handlers.curves),
    Route("/api/comparisons/{id}/verdict", store_handlers.verdict),
    Route("/api/comparisons/{id}/report", store_handlers.report),
    Route("/api/runs/{run}/weights", store_handlers.weights),
    Route("/api/runs/{run}/images", store_handlers.images),
    Route("/api/runs/{run}/story", store_handlers.story),
    Route("/api/events", queue_handlers.events),
]
