# make help lists the targets. Every target sets itself up: a virtual environment in .venv with ganzoo and what it needs.
PYTHON ?= $(firstword $(foreach v,3.13 3.12 3.11,$(if $(shell python$(v) --version 2>/dev/null),python$(v))) python3)
VENV := .venv
RUN := $(VENV)/bin/python -m
COMMA := ,
# On a machine with an NVIDIA GPU TensorFlow's CUDA libraries are installed as well, into a .venv that was made without it too.
CUDA := $(if $(shell command -v nvidia-smi 2>/dev/null),cuda)
EXTRAS := test$(if $(CUDA),$(COMMA)cuda)
INSTALLED := $(VENV)/installed$(CUDA:%=-%)
# make variables that become flags: make train-wgan-textures DATASET=forest STEPS=2000
FLAGS := $(if $(DATASET),--dataset=$(DATASET)) $(if $(DATA),"--data=$(DATA)") $(if $(IMAGE_SIZE),--image_size=$(IMAGE_SIZE)) \
  $(if $(STEPS),--steps=$(STEPS)) $(if $(BATCH_SIZE),--batch_size=$(BATCH_SIZE)) $(if $(SEED),--seed=$(SEED)) \
  $(if $(RUN_DIR),"--run_dir=$(RUN_DIR)") $(ARGS)

# What make test-all runs in processes of their own: TensorFlow gives back little of what thousands of compiled steps took. (5 is
# pytest's status where ARGS selects no test of a part.)
TEST_PARTS := 'tests/core tests/testing' 'tests/data tests/export tests/textures' tests/attacks 'tests/test_[a-f]*.py' 'tests/test_[g-z]*.py' ganzoo

.DEFAULT_GOAL := help
STUDIES := results pathologies mode-coverage stacked-digits translation text-to-image inpainting identity attention truncation \
  unrolled f-divergences optimal-discriminator equivariance ablation
.PHONY: help setup $(STUDIES) sample explore export evaluate invert inpaint test test-all lint docs benchmark clean

help: ## list the targets, with their minutes on two CPU cores
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-24s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@$(PYTHON) ganzoo/registry.py help

$(INSTALLED): setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; ok = (3, 11) <= v[:2] <= (3, 13); \
	sys.exit(0 if ok else "ganzoo needs Python 3.11 to 3.13; $(PYTHON) is %d.%d. Name another: make PYTHON=python3.12 ..." % v[:2])'
	@echo "setting up $(VENV) with $(PYTHON); this takes a few minutes once"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --editable ".[$(EXTRAS)]"
	@touch $@

setup: $(INSTALLED) ## make the virtual environment, nothing else

# A pattern, so that a new GAN needs no line here: what there is stands in ganzoo/registry.py.
train-%: setup
	@$(RUN) ganzoo train $* $(FLAGS)

results: setup ## train every model with its budget, measure it, write RESULTS.md; takes hours, one hour per call
	@$(RUN) experiments.results $(FLAGS)

pathologies: setup ## provoke the lecture's three failures beside their remedies; a minute
	@$(RUN) experiments.pathologies $(FLAGS)

mode-coverage: setup ## which GAN finds all modes of a mixture? seven settings; six minutes
	@$(RUN) experiments.mode_coverage $(FLAGS)

stacked-digits: setup ## how many of 1,000 modes does a GAN find? a quarter of an hour
	@$(RUN) experiments.stacked_digits $(FLAGS)

translation: setup ## CycleGAN on digits whose translation is known, measured; two minutes
	@$(RUN) experiments.translation $(FLAGS)

attention: setup ## SAGAN with and without its attention, and where it looks; an hour, in pieces
	@$(RUN) experiments.attention $(FLAGS)

truncation: setup ## BigGAN: fidelity against variety, by one number; twenty minutes
	@$(RUN) experiments.truncation $(FLAGS)

unrolled: setup ## a GAN on a ring of eight modes, plain and looking ahead at its discriminator; five minutes
	@$(RUN) experiments.unrolled $(FLAGS)

f-divergences: setup ## the bound and the modes of each f-divergence; twenty minutes
	@$(RUN) experiments.f_divergences $(FLAGS)

ablation: setup ## each technique alone, on two mixtures, MNIST and forests; hours, in pieces
	@$(RUN) experiments.ablation $(FLAGS)

text-to-image: setup ## StackGAN on digits and texts: does the picture show what the text asks for? half an hour
	@$(RUN) experiments.text_to_image $(FLAGS)

optimal-discriminator: setup ## lecture 000: a trained D becomes p / (p + q), animated; under a minute
	@$(RUN) experiments.optimal_discriminator $(FLAGS)

equivariance: setup ## what sticks to the pixels: trained StyleGAN3 beside StyleGAN2, measured and drawn; a minute
	@$(RUN) experiments.equivariance $(FLAGS)

sample: setup ## draw from the newest run
	@$(RUN) ganzoo sample $(FLAGS)

explore: setup ## look at trained generators on a page in a browser
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --editable ".[explore]"
	@$(RUN) ganzoo explore $(if $(RUN_DIR),"--run=$(RUN_DIR)") $(ARGS)

export: setup ## write the newest run's generator for TensorFlow, ONNX or LiteRT
	@$(RUN) ganzoo export $(FLAGS)

evaluate: setup ## measure the newest run
	@$(RUN) ganzoo evaluate $(FLAGS)

invert: setup ## find the latents of images, in the newest run
	@$(RUN) ganzoo invert $(FLAGS)

inpaint: setup ## fill in what is missing from a picture, ARGS="--image=photo.png --mask=mask.png", by the newest run
	@$(RUN) ganzoo inpaint $(FLAGS)

inpainting: setup ## three ways to fill in three kinds of holes, measured; ten minutes
	@$(RUN) experiments.inpainting $(FLAGS)

identity: setup ## does SiGAN keep the digit of a small image? with and without its contrastive term; ten minutes
	@$(RUN) experiments.identity $(FLAGS)

test: setup ## run the fast tests; about two minutes on two cores
	@CUDA_VISIBLE_DEVICES=-1 $(RUN) pytest -q -n 2 --dist loadfile -m "not slow" $(ARGS)

test-all: setup ## run every test; one to three hours on two cores
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --editable ".[explore,browser]"
	@failed=0; for part in $(TEST_PARTS); do CUDA_VISIBLE_DEVICES=-1 $(RUN) pytest -q -n 2 --dist worksteal $(ARGS) $$part; \
	code=$$?; [ $$code = 0 ] || [ $$code = 5 ] || failed=1; done; exit $$failed

lint: setup ## check style and types
	@$(RUN) ruff check . && $(RUN) ruff format --check .
	@$(RUN) mypy

docs: setup ## build the documentation into build/site
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --editable ".[docs]"
	@NO_MKDOCS_2_WARNING=1 $(RUN) mkdocs build --strict

benchmark: setup ## measure the speed of a training step
	@$(RUN) experiments.benchmark $(FLAGS)

clean: ## remove the virtual environment and caches; runs stay
	rm -rf $(VENV) .pytest_cache .ruff_cache build *.egg-info
