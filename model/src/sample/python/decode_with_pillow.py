"""Decodes images with Pillow for a test that compares other pixels with them.

Reads images from standard input, each behind its length (4 bytes, highest first). Answers each on standard
output by width, height (4 bytes each) and R, G, B of its pixels over white; or by 0, the length of a reason
and the reason.
"""
import struct, sys, warnings

sys.dont_write_bytecode = True
from validation_view import decoded

warnings.simplefilter('ignore')


def main():
    inp, out = sys.stdin.buffer, sys.stdout.buffer
    while length := inp.read(4):
        data = inp.read(struct.unpack('>I', length)[0])
        try:
            image = decoded(data)
            out.write(struct.pack('>II', *image.size) + image.tobytes())
        except Exception as e:
            reason = repr(e).encode()[:1000]
            out.write(struct.pack('>II', 0, len(reason)) + reason)
        out.flush()


main()
