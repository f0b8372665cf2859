# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of a backbone plugin: a small residual network that is ready to train."""

from __future__ import annotations

from ppclas_core.scaffold.layout import RUN_EXAMPLE, component_files, kit_tests, plugin_module

WHAT = "A backbone"
COMMANDS = RUN_EXAMPLE

RECORDS = '''
        Backbone(
            name="@component@",
            target="@package@.@module@:@component@",
            family="@component@",
            input_size=224,
            lr_stages=((r"stem\\..*",), (r"stages\\..*",)),
        ),
    '''

MODULE = '''\
"""@component@: name the paper, and what differs from it."""

from __future__ import annotations

from paddle import nn

from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, FeatureInfo, Residual, ShortcutConv


def block(in_channels: int, channels: int) -> nn.Layer:
    """Return a residual block from (N, in_channels, H, W) to (N, channels, H / 2, W / 2)."""
    body = nn.Sequential(ConvBN(in_channels, channels, 3, stride=2), ConvBN(channels, channels, 3, act=None))
    return Residual(body, ShortcutConv(in_channels, channels, stride=2))


class @component@(Backbone):
    """Backbone with a stem, three stages of one block each, and a classifier.

    Args:
        width: number of channels of the stem.
        dropout: dropout probability before the classifier.
    """

    def __init__(
        self, *, width: int = 16, dropout: float = 0.0, num_classes: int = 1000, in_channels: int = 3
    ) -> None:
        super().__init__(num_classes, in_channels)
        self.stem = ConvBN(in_channels, width, 3, stride=2)
        widths = [width, 2 * width, 4 * width, 8 * width]
        self.stages = nn.LayerList([nn.Sequential(block(before, after)) for before, after in zip(widths, widths[1:])])
        self.head = ClassifierHead(widths[-1], num_classes, dropout=dropout, upscale=True)
        self.num_features = widths[-1]
        self.feature_info = [FeatureInfo(f"stages.{i}", c, 4 * 2**i) for i, c in enumerate(widths[1:])]
'''

CONFIG = """\
# ppclas data digits && ppclas run example.yaml
base: quick_start/digits_MobileNetV3_small.yaml
requires: [@dist@]
ARCHITECTURE:
  name: @component@
  params: {width: 8}
epochs: 2
"""

FILES = component_files(
    plugin_module("Backbone", "ppclas_backbones", "variant", RECORDS),
    MODULE,
    kit_tests("BackboneConformance", "Backbones", "; add tests of what is special to this backbone."),
    CONFIG,
)
