"""Decodes images with Pillow for a test that holds other pixels against them.

Reads images from standard input, each behind its length (4 bytes, highest first). Answers each on standard
output by width, height (4 bytes each) and R, G, B of its pixels over white; or by 0, the length of a reason
and the reason.
"""
import io, struct, sys, warnings
from PIL import Image

warnings.simplefilter('ignore')


def decoded(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    kind, box = image.format, getattr(image, 'dispose_extent', None)
    if image.mode.startswith('I'):
        key = image.info.pop('transparency', None)
        levels = [255 if level == key else level >> 8 for level in image.getdata()]
        image = Image.new('L', image.size)
        image.putdata(levels)
    if 'transparency' in image.info or image.mode in ('LA', 'PA', 'RGBA'):
        page = Image.new('RGBA', image.size, 'white')
        page.alpha_composite(image.convert('RGBA'))
        image = page
    if kind == 'GIF':
        page = Image.new('RGB', image.size, 'white')  # around the frame; Pillow has its background there
        page.paste(image.convert('RGB').crop(box), box)
        image = page
    return image.convert('RGB')


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
