# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any, Optional, Tuple

LIBJPEG_TURBO: int

def decode(data: Any, box: Tuple[int, int, int, int], rgb: bool, out: Any) -> bool: ...
def decode_pieces(data: Any, starts: Any, pieces: Tuple[int, int, int, int, int], made: Tuple[int, int, int],
                  box: Tuple[int, int, int, int], rgb: bool, out: Any) -> bool: ...
def transcode(data: Any, interval: int) -> Optional[bytes]: ...
