# `make help` explains every target.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
UV := .uv/bin/uv
BIN := .venv/bin
QUIET := RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 SQLALCHEMY_SILENCE_UBER_WARNING=1 PYTHONWARNINGS=ignore
RASA := $(QUIET) PYTHONPATH=. .venv-rasa/bin/rasa
CONVERSATIONS := test core --e2e --stories tests/conversations --fail-on-prediction-errors --no-plot --quiet --out results/conversations
MODEL := models/choche.tar.gz
TRAINING := config.yml domain.yml $(wildcard data/*/*) $(wildcard assistant/*.py) $(wildcard vietnamese/*.py) content/lexicon.yml content/triage.yml

.PHONY: help run test conversations check train evaluate bench fuzz setup browser format pictures chaos demo-telegram demo-zalo

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: setup $(MODEL) ## start everything and print where to click
	@$(BIN)/choche serve

test: setup $(MODEL) ## run every test
	@$(QUIET) .venv-rasa/bin/python -m unittest discover -q -s tests/assistant -t .
	@$(RASA) $(CONVERSATIONS)
	@$(BIN)/pytest -q -n 2

conversations: setup $(MODEL) ## the test conversations alone
	@$(RASA) $(CONVERSATIONS)

check: setup ## lint, types, content and training data
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m bot.triage.rules content/triage.yml
	@.venv-rasa/bin/python -m assistant.examples ../shared/eval/dev.jsonl bench/validation.jsonl
	@.venv-rasa/bin/python -m assistant.scenarios ../shared/eval/dev.jsonl bench/validation.jsonl
	@$(BIN)/python -m content.checking
	@$(BIN)/choche content check
	@$(RASA) data validate --quiet

train: setup ## train the assistant's model anew
	@$(BIN)/choche train --force
	@touch $(MODEL)

evaluate: setup $(MODEL) ## score labelled messages by the action taken: make evaluate FILE=messages.jsonl
	@test -n "$(FILE)" || { echo "say which file: make evaluate FILE=messages.jsonl"; exit 2; }
	@.venv-rasa/bin/python -W ignore -m bench.evaluate $(FILE)

bench: setup ## turns side by side with stock Rasa, in one run
	@$(QUIET) .venv-rasa/bin/python -W ignore -m bench.turns

fuzz: setup $(MODEL) ## read 100,000 made-up texts: every one must give a reading
	@FUZZ=100000 $(BIN)/pytest -q tests/bot/test_triage.py -k any_text

chaos: setup $(MODEL) ## 10,000 updates through each platform while the gateway is killed (half an hour)
	@CHAOS=10000 $(BIN)/pytest -q -s tests/channels/test_chaos.py -k whole

demo-telegram: setup $(MODEL) ## the whole product on a Telegram of its own, played in this terminal
	@$(BIN)/python -m tests.demo telegram

demo-zalo: setup $(MODEL) ## the same on a Zalo Official Account
	@$(BIN)/python -m tests.demo zalo

format: setup ## put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

pictures: setup browser ## draw the PNG of every SVG in content/pictures
	@$(BIN)/python -m bench.draw_pictures

browser: ## install Chromium from Debian's packages, for the journey test
	@command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null)

setup: .venv/ready .venv-rasa/ready ## make the two environments

$(UV):
	@echo "· installing uv"
	@$(PYTHON) -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9

.venv/ready: requirements/gateway.txt pyproject.toml | $(UV)
	@echo "· gateway environment (Python 3.11)"
	@$(UV) venv --quiet --clear --python 3.11 .venv
	@VIRTUAL_ENV=.venv $(UV) pip install --require-hashes -r requirements/gateway.txt
	@VIRTUAL_ENV=.venv $(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv-rasa/ready: requirements/assistant.txt | $(UV)
	@echo "· assistant environment (Python 3.10), about 1.5 GB"
	@$(UV) venv --quiet --clear --python 3.10 .venv-rasa
	@VIRTUAL_ENV=.venv-rasa $(UV) pip install --require-hashes -r requirements/assistant.txt
	@touch $@

$(MODEL): $(TRAINING) | .venv/ready .venv-rasa/ready
	@$(BIN)/choche train
	@touch $@
