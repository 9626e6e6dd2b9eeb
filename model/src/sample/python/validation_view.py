"""What a network sees of an image in validation, by Pillow and NumPy alone. A test holds it to GhostBeam's pixels.

    pixels = np.stack([view(open(name, 'rb').read(), 224) for name in names])   # for a module that export wrote
    tensor = normalized(pixels)                                                  # for the network itself
"""
import io, math
import numpy as np
from PIL import Image

MEAN = 255 * np.array([0.485, 0.456, 0.406])
DEVIATION = 255 * np.array([0.229, 0.224, 0.225])


def decoded(data):
    """A file's RGB image: transparency over white, 16 bits cut to 8, the first frame, EXIF's orientation ignored."""
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


def geometry(width, height, input_size, crop_fraction, interpolation):
    """The size to resize to and the left upper corner of the crop."""
    side, shorter = math.floor(input_size / crop_fraction), min(width, height)
    if interpolation == 'torchvision':
        resized = [side * length // shorter for length in (width, height)]
        corner = [round((length - input_size) / 2) for length in resized]  # half to even
    else:  # pillow, opencv
        resized = [math.floor(length / shorter * side + 0.5) for length in (width, height)]
        corner = [(length - input_size) // 2 for length in resized]
    return resized, corner


def view(data, input_size, crop_fraction=0.875, interpolation='torchvision'):
    """uint8 (input_size, input_size, 3). For opencv put cv2.resize(..., interpolation=cv2.INTER_CUBIC) for resize."""
    image = decoded(data)
    resized, (left, top) = geometry(*image.size, input_size, crop_fraction, interpolation)
    image = image.resize(resized, Image.BICUBIC)
    return np.asarray(image.crop((left, top, left + input_size, top + input_size)))


def normalized(pixels):
    """float32 (N, 3, H, W) of uint8 (N, H, W, 3)."""
    return ((pixels - MEAN) / DEVIATION).astype(np.float32).transpose(0, 3, 1, 2)
