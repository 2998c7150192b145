"""The data sets that Paribus knows by name: where they come from, and how their files are recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from paribus.core.messages import mark

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
STANDARD_NAMES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)


@dataclass(frozen=True)
class KnownSet:
    """One data set.

    idx_sha256: by standard name, SHA-256 of the uncompressed IDX file, where it is known; gzip_sha256: that of the
    gzip file as its mirrors serve it; archive_sha256: by the name of an archive in place of these. folders: where a
    system package may have put the files; download_bytes: of all files together, to the nearest million.
    """

    name: str
    title: str
    homepage: str
    licence: str
    class_names: tuple[str, ...]
    idx_sha256: Mapping[str, str]
    gzip_sha256: Mapping[str, str]
    mirrors: tuple[str, ...]
    folders: tuple[Path, ...] = ()
    download_bytes: int = 0
    archive_sha256: Mapping[str, str] = field(default_factory=dict)

    @property
    def downloads(self) -> Mapping[str, tuple[str, str]]:
        """What is downloaded: by standard name, or an archive's name, the file's name and its SHA-256."""
        zipped = {name: (f"{name}.gz", digest) for name, digest in self.gzip_sha256.items()}
        return {**zipped, **{name: (name, digest) for name, digest in self.archive_sha256.items()}}


def _by_name(train_images: str, train_labels: str, test_images: str, test_labels: str) -> Mapping[str, str]:
    digests = (train_images, train_labels, test_images, test_labels)
    return MappingProxyType(dict(zip(STANDARD_NAMES, digests, strict=True)))


MNIST = KnownSet(
    name="mnist",
    title="MNIST, handwritten digits",
    homepage="http://yann.lecun.com/exdb/mnist/",
    licence="CC BY-SA 3.0",
    class_names=tuple("0123456789"),
    idx_sha256=_by_name(
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
    gzip_sha256=MappingProxyType({}),
    mirrors=(),  # it ships in the package
)

FASHION_MNIST = KnownSet(
    name="fashion-mnist",
    title="Fashion-MNIST, Zalando's articles of clothing",
    homepage="https://github.com/zalandoresearch/fashion-mnist",
    licence="MIT",
    class_names=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    idx_sha256=_by_name(
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
    gzip_sha256=_by_name(
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
    download_bytes=31_000_000,
    mirrors=(
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "https://fashion-mnist.s3.eu-central-1.amazonaws.com/",
    ),
    folders=(Path("/usr/share/datasets/fashion-mnist"),),  # Debian's package dataset-fashion-mnist
)

# CODH publishes no SHA-256; these are the digests that torchvision and several other libraries pin. The digests of
# its uncompressed files are not documented anywhere that we found, so the gzip files are what `verify` checks.
KMNIST = KnownSet(
    name="kmnist",
    title="Kuzushiji-MNIST, cursive Japanese characters",
    homepage="https://codh.rois.ac.jp/kmnist/",
    licence="CC BY-SA 4.0",
    class_names=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    idx_sha256=MappingProxyType({}),
    gzip_sha256=_by_name(
        "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
        "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
        "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
        "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
    ),
    download_bytes=21_000_000,
    mirrors=("https://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
)

# Its page gives an MD5 alone (c58f30108f718f92721af3b95e74349a); the SHA-256 is what Keras and other libraries pin.
CIFAR_10 = KnownSet(
    name="cifar-10",
    title="CIFAR-10, small photographs of ten things",
    homepage="https://www.cs.toronto.edu/~kriz/cifar.html",
    licence=mark("none stated"),
    class_names=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    idx_sha256=MappingProxyType({}),
    gzip_sha256=MappingProxyType({}),
    archive_sha256=MappingProxyType(
        {"cifar-10-python.tar.gz": "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"}
    ),
    download_bytes=170_000_000,
    mirrors=("https://www.cs.toronto.edu/~kriz/",),
)

KNOWN = MappingProxyType({known.name: known for known in (MNIST, FASHION_MNIST, KMNIST, CIFAR_10)})
