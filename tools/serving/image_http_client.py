# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Send an image to an image service, as in July 2020: `python tools/serving/image_http_client.py 9292 photo.jpg`."""

from __future__ import annotations

import argparse
import base64
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Optional, Sequence

from ppclas_core.cli import guarded
from ppclas_core.errors import UserError


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run the tool; return 0, or the exit code of an error."""
    parser = argparse.ArgumentParser(description="Print class and score of an image.")
    parser.add_argument("port", type=int, help="port of the service on this machine")
    parser.add_argument("image_file", help="image file, such as JPEG or PNG")
    return guarded(lambda: classify(parser.parse_args(argv)))


def classify(args: argparse.Namespace) -> int:
    """Send one request, and print the result.

    Raises:
        UserError: the file does not exist, no service listens on the port, or the service refuses the image.
    """
    url = f"http://127.0.0.1:{args.port}/image/prediction"
    try:
        image = base64.b64encode(Path(args.image_file).read_bytes()).decode()
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=args.image_file) from None
    body = json.dumps({"feed": [{"image": image}], "fetch": ["prediction"]}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            result = json.load(response)["result"]
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")[:300]
        raise UserError(f"the service responded with status {error.code}: {text}", where=url) from None
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"no service responds: {error}", where=url,
                        do=f"python tools/serving/image_service_cpu.py MODEL_DIR WORKDIR {args.port}") from None
    if not isinstance(result, dict):
        raise UserError(f"the service reported an error: {result}", where=args.image_file, do="use a JPEG or PNG file")
    scores = result["prediction"][0]
    best = max(range(len(scores)), key=lambda index: scores[index])
    print(json.dumps({"cls_id": best, "score": scores[best]}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
