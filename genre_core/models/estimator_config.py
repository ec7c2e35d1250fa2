"""The model types of scikit-learn, and their settings."""

from dataclasses import dataclass

from genre_core.models.base import ModelConfig
from genre_core.models.settings import Choice, Number, setting_field

_C = Number(
    "C (inverse regularization)",
    "Small values regularize strongly and keep the model simple; large values fit the training set more closely.",
    1e-4,
    1e5,
    (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0),
)
_SCALING = Choice(
    "Feature scaling",
    "standard: every feature gets mean 0 and standard deviation 1. log: the same, after the logarithm of features that "
    "are never negative. ranks: every feature is mapped to a normal distribution by its ranks, so that outliers have "
    "little influence.",
    ("standard", "log", "ranks"),
)


_MIN_SAMPLES_LEAF = Number(
    "Minimum samples per leaf",
    "Smallest number of training segments in a leaf. Larger values make smoother trees.",
    1,
    1000,
    (1, 2, 3, 5, 10, 20),
    integer=True,
)


@dataclass(frozen=True)
class SvmConfig(ModelConfig):
    """A support vector machine; the defaults are scikit-learn's."""

    model = "svm"
    title = "Support vector machine (SVM)"
    short_title = "SVM"
    comment = "Separates the genres with the largest margin; long the usual method for genre classification."

    kernel: str = setting_field(
        "rbf", Choice("Kernel", "rbf: curved decision boundaries. linear: straight ones.", ("rbf", "linear"))
    )
    c: float = setting_field(1.0, _C)
    gamma: float = setting_field(
        1.0,
        Number(
            "Gamma",
            "Coefficient of the RBF kernel, in units of 1 / number of features: the larger, the more local the "
            "influence of each training segment. Has no effect on a linear kernel.",
            1e-4,
            1e4,
            (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
        ),
    )
    scaling: str = setting_field("standard", _SCALING)


@dataclass(frozen=True)
class KnnConfig(ModelConfig):
    """k-nearest neighbors; the defaults are scikit-learn's."""

    model = "knn"
    title = "k-nearest neighbors"
    short_title = "k-NN"
    comment = "Predicts the most common genre among the most similar training segments."

    neighbors: int = setting_field(
        5,
        Number(
            "Number of neighbors",
            "Number of nearest training segments that vote.",
            1,
            1000,
            (1, 3, 5, 7, 10, 15, 20, 30, 50),
            integer=True,
        ),
    )
    weights: str = setting_field(
        "uniform",
        Choice(
            "Weights",
            "uniform: all neighbors have the same weight. distance: weights are inverse distances.",
            ("uniform", "distance"),
        ),
    )
    metric: str = setting_field(
        "euclidean",
        Choice("Distance metric", "Distance between two segments.", ("euclidean", "manhattan", "cosine")),
    )
    scaling: str = setting_field("standard", _SCALING)


@dataclass(frozen=True)
class ForestConfig(ModelConfig):
    """A random forest."""

    model = "forest"
    title = "Random forest"
    short_title = "Random forest"
    comment = "Averages many decision trees, each grown on a bootstrap sample of the training set."

    trees: int = setting_field(
        300,
        Number("Number of trees", "Number of trees in the forest.", 1, 5000, (10, 30, 100, 300, 1000), integer=True),
    )
    min_samples_leaf: int = setting_field(1, _MIN_SAMPLES_LEAF)
    max_features: float = setting_field(
        0.15,
        Number(
            "Features per split",
            "Fraction of the features that are considered at each split of a tree.",
            0.01,
            1.0,
            (0.05, 0.1, 0.15, 0.3, 0.5, 1.0),
        ),
    )


@dataclass(frozen=True)
class BoostingConfig(ModelConfig):
    """Gradient boosting on histograms of the features; the defaults are scikit-learn's."""

    model = "boosting"
    title = "Gradient boosting"
    short_title = "Gradient boosting"
    comment = "Adds small decision trees one after the other, each of which corrects the errors of those before it."

    iterations: int = setting_field(
        100,
        Number(
            "Iterations",
            "Number of times that a tree for each genre is added.",
            1,
            2000,
            (10, 20, 50, 100, 200, 400),
            integer=True,
        ),
    )
    learning_rate: float = setting_field(
        0.1,
        Number(
            "Learning rate",
            "Weight of each new tree. With a smaller one, more iterations are needed.",
            1e-4,
            1.0,
            (0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
        ),
    )
    leaves: int = setting_field(
        31,
        Number("Leaves per tree", "Largest number of leaves of a tree.", 2, 1000, (2, 4, 8, 15, 31, 63), integer=True),
    )
    min_samples_leaf: int = setting_field(20, _MIN_SAMPLES_LEAF)
    l2: float = setting_field(
        0.0,
        Number(
            "L2 regularization",
            "Penalty on large values in the leaves. Reduces overfitting.",
            0.0,
            1e4,
            (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0),
        ),
    )


@dataclass(frozen=True)
class TreeConfig(ModelConfig):
    """A single decision tree, small enough to be drawn."""

    model = "tree"
    title = "Decision tree"
    short_title = "Decision tree"
    comment = "Asks one question about one feature after the other. A small tree can be read as a drawing."

    max_depth: int = setting_field(
        5,
        Number(
            "Maximum depth",
            "Largest number of questions that are asked about a segment.",
            1,
            100,
            (1, 2, 3, 4, 5, 6, 8, 10, 15, 30),
            integer=True,
        ),
    )
    min_samples_leaf: int = setting_field(5, _MIN_SAMPLES_LEAF)


@dataclass(frozen=True)
class NaiveBayesConfig(ModelConfig):
    """Gaussian naive Bayes; the defaults are scikit-learn's."""

    model = "bayes"
    title = "Gaussian naive Bayes"
    short_title = "Naive Bayes"
    comment = "Models every feature of a genre as a normal distribution, as if features were independent."

    smoothing: float = setting_field(
        1e-9,
        Number(
            "Variance smoothing",
            "Share of the largest variance that is added to all. Larger values make predictions less certain.",
            0.0,
            10.0,
            (1e-9, 1e-6, 0.001, 0.01, 0.1, 0.3, 1.0),
        ),
    )
    scaling: str = setting_field("standard", _SCALING)


@dataclass(frozen=True)
class LogisticConfig(ModelConfig):
    """Multinomial logistic regression with an L2 penalty; the defaults are scikit-learn's."""

    model = "logistic"
    title = "Logistic regression"
    short_title = "Logistic regression"
    comment = "A weighted sum of the features for each genre: the simplest model, and often the best on new artists."

    c: float = setting_field(1.0, _C)
    scaling: str = setting_field("standard", _SCALING)


@dataclass(frozen=True)
class LdaConfig(ModelConfig):
    """Linear discriminant analysis with a regularized covariance (Ledoit and Wolf 2004), or its kernel version.

    The defaults were chosen for the Kaggle table on the train and valid lists of the fault-filtered split.
    """

    model = "lda"
    title = "Linear discriminant analysis (LDA)"
    short_title = "LDA"
    comment = "Models every genre as a normal distribution with the same covariance; works well with little data."

    kernel: str = setting_field(
        "average",
        Choice(
            "Kernel",
            "linear: straight decision boundaries. rbf: curved ones. average: the mean of linear, rbf, and rbf on "
            "whitened features.",
            ("linear", "rbf", "average"),
        ),
    )
    gamma: float = setting_field(
        0.03,
        Number(
            "Gamma",
            "Coefficient of the RBF kernel, in units of 1 / number of features: the larger, the more curved the "
            "boundaries. Has no effect on a linear kernel.",
            1e-4,
            1e4,
            (0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
        ),
    )
    shrinkage: float = setting_field(
        0.2,
        Number(
            "Shrinkage",
            "Regularization of the covariance matrix, from 0 (none) to 1 (a multiple of the identity matrix). Use more "
            "with few tracks.",
            0.0,
            1.0,
            (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0),
        ),
    )
    scaling: str = setting_field("log", _SCALING)
