# One command for each thing that one does with Downhill; CMakePresets.json has the builds.
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)

.PHONY: help demo test check bench format install clean
.NOTPARALLEL:

help:
	@echo "make demo     build, train a classifier on the bundled digits, write its report"
	@echo "make test     build and run all tests"
	@echo "make check    the tests under sanitizers and with clang, and the demo from a fresh clone"
	@echo "make bench    build and run the benchmarks, with libtorch beside them"
	@echo "make format   clang-format all sources"
	@echo "make install  install to PREFIX ($(PREFIX))"
	@echo "make clean    remove build/ and run/"

demo:
	@tools/install_packages.sh build
	cmake --preset release --log-level=WARNING
	cmake --build --preset release --parallel $(JOBS) --target downhill_command
	build/release/downhill train data/digits.csv --target digit \
		--loss cross_entropy:label_smoothing=0.1 --out run/demo --overwrite
	build/release/downhill report run/demo

test:
	@tools/install_packages.sh build test
	@tools/build_and_test.sh release $(JOBS)

check: test
	@tools/install_packages.sh build test check format
	@tools/format.sh --check
	@tools/build_and_test.sh asan-ubsan $(JOBS)
	@tools/build_and_test.sh clang $(JOBS)
	@tools/fresh_clone_demo.sh

bench:
	@tools/install_packages.sh build bench
	cmake --preset bench --log-level=WARNING
	cmake --build --preset bench --parallel $(JOBS)
	bench/run.sh build/bench

format:
	@tools/install_packages.sh format
	tools/format.sh

install:
	@tools/install_packages.sh build
	cmake --preset release --log-level=WARNING
	cmake --build --preset release --parallel $(JOBS) --target downhill downhill_command
	cmake --install build/release --prefix $(PREFIX)

clean:
	rm -rf build run
