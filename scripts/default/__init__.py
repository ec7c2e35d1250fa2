"""How the default run is made, for scripts/make_default.py and the benchmarks that test its folds.

tracks     the tracks of GTZAN to train on, and those of them with audio, as they are and augmented
pictures   the activations of the networks of musicnn, estimated from mel spectrograms
head       the layer over the activations, and the choice of its settings
"""
