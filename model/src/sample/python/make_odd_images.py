"""Makes model/src/test/resources/golden/odd: image files as odd as those of real data sets, each with
the verdict and the pixels that a codec must give.

usage: make_odd_images.py OUT [CJPEG]
Needs Pillow 9.4, NumPy and cjpeg of libjpeg-turbo 2.1. Pixels are Pillow's where Pillow and the project
agree on a format, and made without any decoder elsewhere (alpha over white, 16 bits, CMYK as TensorFlow
reads it). All files end in .JPEG, as in ImageNet, whatever they are.
"""
import io, json, os, struct, subprocess, sys, tempfile, zlib
import numpy as np
from PIL import Image, ImageCms, ImageDraw

OUT = sys.argv[1]
CJPEG = sys.argv[2] if len(sys.argv) > 2 else 'cjpeg'
W, H = 45, 35
rows = []
stored = {}


def scene(w=W, h=H):
    y, x = np.mgrid[0:h, 0:w]
    a = np.stack([255 * x / max(1, w - 1), 255 * y / max(1, h - 1), 128 + 100 * np.sin(x / 5 + y / 9)], -1)
    image = Image.fromarray(a.astype(np.uint8))
    pen = ImageDraw.Draw(image)
    pen.ellipse([w // 5, h // 5, w // 2, h * 3 // 4], fill=(200, 40, 60))
    pen.rectangle([w // 2, h // 3, w * 5 // 6, h * 5 // 6], outline=(250, 250, 20), width=2)
    return image


SCENE = scene()
RGB = np.asarray(SCENE)


def write(name, data):
    with open(os.path.join(OUT, name), 'wb') as f:
        f.write(data)


def pixels_name(pixels):
    """The PNG that holds the pixels; equal pixels share one."""
    key = pixels.shape[:2] + (pixels.tobytes(),)
    if key not in stored:
        stored[key] = f'pixels_{len(stored):02d}.png'
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, 'PNG', optimize=True)
        write(stored[key], out.getvalue())
    return stored[key]


def taken(name, data, kind, channels=3, pixels=None, opencv=0, turbojpeg=0):
    """A file that must decode; pixels are Pillow's unless given; tolerances are grey levels."""
    if pixels is None:
        pixels = np.asarray(Image.open(io.BytesIO(data)).convert('RGB'))
    write(name + '.JPEG', data)
    rows.append({'file': name + '.JPEG', 'format': kind, 'width': pixels.shape[1], 'height': pixels.shape[0],
                 'channels': channels, 'pixels': pixels_name(np.ascontiguousarray(pixels)),
                 'tolerance': {'opencv': opencv, 'turbojpeg': turbojpeg}})


def refused(name, data, reason):
    """A file that must not decode; the reason is how the message begins."""
    write(name + '.JPEG', data)
    rows.append({'file': name + '.JPEG', 'rejected': reason})


# --- JPEG ---------------------------------------------------------------------------------------------

def cjpeg(*switches, image=SCENE):
    with tempfile.NamedTemporaryFile(suffix='.ppm') as f:
        image.save(f, 'PPM')
        f.flush()
        return subprocess.run([CJPEG, '-quality', '90', *switches, f.name], check=True, capture_output=True).stdout


def pillow(image=SCENE, kind='JPEG', **settings):
    out = io.BytesIO()
    image.save(out, kind, **settings)
    return out.getvalue()


def jpeg(name, data, channels=3, opencv=3, pixels=None):
    taken(name, data, 'JPEG', channels, pixels, opencv)


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack('>H', len(body) + 2) + body


def with_segment(data, marker, body):
    """With an additional segment after SOI."""
    return data[:2] + segment(marker, body) + data[2:]


def find(data, *markers):
    """Where the first segment of one of the markers starts."""
    at = 2
    while data[at + 1] not in markers:
        at += 2 + struct.unpack('>H', data[at + 2:at + 4])[0]
    return at


def without(data, marker):
    at = find(data, marker)
    return data[:at] + data[at + 2 + struct.unpack('>H', data[at + 2:at + 4])[0]:]


def patched(data, at, new):
    return data[:at] + new + data[at + len(new):]


def resized_header(data, width, height):
    return patched(data, find(data, 0xC0, 0xC1, 0xC2) + 5, struct.pack('>HH', height, width))


def twelve_bit():
    """Two grey blocks of 12 bits, by hand: extended sequential, DC differences 100 and -37, no AC."""
    table = bytes([0, 1, 5, 1, 1, 1, 1, 1, 1] + [0] * 8 + list(range(12)))  # Annex K's DC luminance
    ac = bytes([0x10] + [1] + [0] * 15 + [0])  # one code, end of block
    bits = '11110' + format(100, '07b') + '0' + '1110' + format(63 - 37, '06b') + '0'
    bits += '1' * (-len(bits) % 8)
    scan = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)).replace(b'\xff', b'\xff\0')
    return (b'\xff\xd8' + segment(0xDB, bytes([0x10]) + b'\0\x01' * 64)
            + segment(0xC1, struct.pack('>BHHB', 12, 8, 16, 1) + bytes([1, 0x11, 0]))
            + segment(0xC4, bytes([0]) + table[1:17] + table[17:]) + segment(0xC4, ac[:17] + ac[17:])
            + segment(0xDA, bytes([1, 1, 0, 0, 63, 0])) + scan + b'\xff\xd9')


def jpegs():
    plain = cjpeg('-sample', '2x2')
    for name, sampling in (('444', '1x1'), ('422', '2x1'), ('420', '2x2'), ('411', '4x1'), ('440', '1x2'),
                           ('410', '4x2'), ('mixed', '2x2,1x2,2x1')):
        jpeg('jpeg_' + name, cjpeg('-sample', sampling))
    jpeg('jpeg_grey', pillow(SCENE.convert('L'), quality=90), 1)
    jpeg('jpeg_grey_2x2', cjpeg('-grayscale', '-sample', '2x2'), 1)
    jpeg('jpeg_progressive', cjpeg('-progressive'))
    jpeg('jpeg_progressive_grey', cjpeg('-progressive', '-grayscale'), 1)
    jpeg('jpeg_restarts', cjpeg('-restart', '1B'))
    jpeg('jpeg_coarse_16_bit_tables', cjpeg('-quality', '1'))
    jpeg('jpeg_rgb_adobe', cjpeg('-rgb'))
    jpeg('jpeg_rgb_by_ids', without(cjpeg('-rgb'), 0xEE))
    jpeg('jpeg_arithmetic', cjpeg('-arithmetic'))
    jpeg('jpeg_arithmetic_progressive', cjpeg('-arithmetic', '-progressive'))
    with tempfile.NamedTemporaryFile('w', suffix='.txt') as scans:
        scans.write('0;\n1;\n2;\n')
        scans.flush()
        jpeg('jpeg_three_scans', cjpeg('-scans', scans.name))
    jpeg('jpeg_one_pixel', cjpeg(image=scene(1, 1)))
    jpeg('jpeg_one_column', cjpeg('-sample', '2x2', image=scene(1, 90)))
    exif = b'Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0'
    jpeg('jpeg_exif_turned', with_segment(plain, 0xE1, exif))
    thumbnail = cjpeg(image=scene(16, 12))
    jpeg('jpeg_exif_thumbnail', with_segment(plain, 0xE1, exif + thumbnail))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
    jpeg('jpeg_icc_profile', with_segment(plain, 0xE2, b'ICC_PROFILE\0\x01\x01' + profile))
    jpeg('jpeg_icc_nonsense', with_segment(plain, 0xE2, b'ICC_PROFILE\0\x01\x01' + b'nonsense' * 20))
    jpeg('jpeg_comment', with_segment(plain, 0xFE, b'\xff\xd9 an end-of-image marker in a comment \xff\xda'))
    jpeg('jpeg_fill_bytes', plain[:2] + b'\xff\xff\xff' + plain[2:])
    jpeg('jpeg_stray_bytes_before_end', plain[:-2] + bytes(9) + plain[-2:])
    jpeg('jpeg_trailing_junk', plain + b'\0' * 100 + b'appended by some server')
    jpeg('jpeg_trailing_jpeg', plain + thumbnail)
    jpeg('jpeg_mpo', pillow(kind='MPO', quality=90, save_all=True, append_images=[scene(20, 10)]))
    half = cut_scan(plain, 0.5)
    jpeg('jpeg_half_a_scan_then_end', half + b'\xff\xd9')
    cmyk_jpegs()
    refused('jpeg_12_bit', twelve_bit(), 'JPEG of 12-bit samples')
    frame = find(plain, 0xC0)
    refused('jpeg_lossless', patched(plain, frame + 1, b'\xc3'), 'lossless JPEG')
    refused('jpeg_hierarchical', patched(plain, frame + 1, b'\xc5'), 'hierarchical JPEG')
    refused('jpeg_ls', b'\xff\xd8' + segment(0xF7, struct.pack('>BHHB', 8, 8, 8, 1) + bytes([1, 0x11, 0])),
            'JPEG-LS')
    refused('jpeg_200_bit', patched(plain, frame + 4, b'\xc8'), 'JPEG of 200-bit samples')
    refused('jpeg_255_components', patched(plain, frame + 9, b'\xff'), 'JPEG with 255 components')
    refused('jpeg_two_components', patched(plain, frame + 9, b'\x02'), 'JPEG with 2 components')
    refused('jpeg_no_height', resized_header(plain, W, 0), 'JPEG of 45 x 0 pixels')
    refused('jpeg_bomb', resized_header(plain, 65535, 65535), 'JPEG of 65535 x 65535 pixels, more than the limit')
    many = cjpeg('-progressive')
    last = many.rfind(b'\xff\xda')
    tiny = cjpeg('-progressive', image=scene(8, 8))
    scan = tiny.rfind(b'\xff\xda')
    refused('jpeg_bomb_of_scans', tiny[:-2] + tiny[scan:-2] * 501 + b'\xff\xd9', 'JPEG of more than 500 scans')
    bomb = tiny[:-2] + tiny[scan:-2] * 501 + b'\xff\xd9'
    refused('jpeg_bomb_of_pixels_and_scans', resized_header(bomb, 65535, 65535), 'JPEG of 65535 x 65535 pixels, more')
    jpeg_ends(plain)
    jpeg_lacking_scans()
    refused('jpeg_without_frame', b'\xff\xd8\xff\xd9', 'JPEG without a frame header')
    refused('jpeg_scan_before_frame', without(plain, 0xC0), 'JPEG without a frame header')
    refused('jpeg_without_tables', without(without(plain, 0xDB), 0xDB), 'broken JPEG')
    tables = find(plain, 0xC4)
    refused('jpeg_impossible_huffman', patched(plain, tables + 5, b'\xff' * 16), 'broken JPEG')
    refused('jpeg_soi_only', b'\xff\xd8\xff', 'JPEG that ends before its frame header')
    refused('jpeg_junk_before', b'\r\n' + plain, 'no image')
    refused('jpeg_cut_in_header', plain[:30], 'JPEG that ends before its frame header')
    refused('jpeg_cut_in_frame', plain[:frame + 7], 'ends within its header')
    refused('jpeg_cut_in_tables', plain[:tables + 9], 'truncated JPEG')
    refused('jpeg_cut_in_scan', half, 'truncated JPEG')
    refused('jpeg_cut_in_last_row', plain[:-12], 'truncated JPEG')
    refused('jpeg_cut_in_end', plain[:-1], 'truncated JPEG')
    refused('jpeg_cut_progressive', many[:last], 'truncated JPEG')
    refused('jpeg_tail_of_zeros', half + bytes(len(plain) - len(half)), 'truncated JPEG')


def jpeg_ends(plain):
    """Segments between the only scan and the end of the image."""
    def segment_of(marker):
        at = find(plain, marker)
        return plain[at:at + 2 + struct.unpack('>H', plain[at + 2:at + 4])[0]]

    def ending(with_):
        return plain[:-2] + with_ + plain[-2:]
    huffman, quantization, frame = segment_of(0xC4), segment_of(0xDB), segment_of(0xC0)
    jpeg('jpeg_end_comment', ending(segment(0xFE, b'end')))
    jpeg('jpeg_end_tables', ending(huffman + quantization + segment(0xDD, b'\0\0') + segment(0xCC, b'\0\x10')))
    jpeg('jpeg_end_empty_segment', ending(b'\xff\xe1\0\0'))
    jpeg('jpeg_end_restart', ending(b'\xff\xd3\xff\x01'))
    refused('jpeg_end_frame', ending(frame), 'broken JPEG')
    refused('jpeg_end_scan', ending(plain[find(plain, 0xDA):-2]), 'broken JPEG')
    refused('jpeg_end_image', ending(plain), 'broken JPEG')
    refused('jpeg_end_lossless_frame', ending(patched(frame, 1, b'\xc3')), 'broken JPEG')
    refused('jpeg_end_reserved_marker', ending(segment(0x02, b'\0\0')), 'broken JPEG')
    refused('jpeg_end_reserved_marker_alone', ending(b'\xff\x50'), 'broken JPEG')
    refused('jpeg_end_extension_marker', ending(segment(0xF0, b'\0\0')), 'broken JPEG')
    refused('jpeg_end_huffman_codes', ending(patched(huffman, 5, b'\xff' * 16)), 'broken JPEG')
    refused('jpeg_end_huffman_number', ending(patched(huffman, 4, b'\x07')), 'broken JPEG')
    refused('jpeg_end_huffman_length', ending(segment(0xC4, huffman[4:] + bytes(5))), 'broken JPEG')
    refused('jpeg_end_quantization_number', ending(patched(quantization, 4, b'\x05')), 'broken JPEG')
    refused('jpeg_end_quantization_length', ending(segment(0xDB, bytes(10))), 'broken JPEG')
    refused('jpeg_end_restart_interval', ending(segment(0xDD, bytes(3))), 'broken JPEG')
    refused('jpeg_end_arithmetic', ending(segment(0xCC, b'\x50\x10')), 'broken JPEG')
    refused('jpeg_end_arithmetic_values', ending(segment(0xCC, b'\0\x01')), 'broken JPEG')
    refused('jpeg_end_in_comment', ending(b'\xff\xfe\0\x40'), 'truncated JPEG')


def jpeg_lacking_scans():
    """Progressive, without its last scans: a coarser picture. OpenCV's libjpeg-turbo treats a single row of
    blocks specially; where scans are missing, decoders smooth differently."""
    for name, size in (('', (W, H)), ('_one_row_of_blocks', (W, 7)), ('_one_block', (8, 8)), ('_one_pixel', (1, 1))):
        for colours in ('', '_grey'):
            whole = cjpeg('-progressive', *(['-grayscale'] if colours else []), image=scene(*size))
            start = second = find(whole, 0xDA)
            while whole[second:second + 2] != b'\xff\xc4':
                second += 1  # the tables of the second scan
            channels = 1 if colours else 3
            jpeg('jpeg_first_scan_only' + name + colours, whole[:second] + b'\xff\xd9', channels, 60)


def cut_scan(data, share):
    start = find(data, 0xDA)
    return data[:start + int((len(data) - start) * share)]


def cmyk_jpegs():
    """Raw samples as in the file: by Adobe's convention 255 means no ink, otherwise 0 does."""
    y, x = np.mgrid[0:H, 0:W]
    ink = np.stack([RGB[..., 0], RGB[..., 1], RGB[..., 2], (x + y) * 2], -1).astype(np.uint8)
    image = Image.fromarray(ink, 'CMYK')
    adobe = pillow(image, quality=92)  # stores 255 - ink, with Adobe's marker
    jpeg('jpeg_cmyk_adobe', adobe, 4)
    turned = Image.fromarray(255 - ink, 'CMYK')
    plain = without(pillow(turned, quality=92), 0xEE)  # stores the ink, without the marker
    raw = 255 - np.asarray(Image.open(io.BytesIO(plain))).astype(int)  # Pillow assumed it was inverted
    jpeg('jpeg_cmyk_plain', plain, 4, pixels=rgb_of_ink(raw))
    # YCCK: Y, Cb and Cr of what is left of C, M and Y stand where Pillow puts 255 - ink.
    ycc = np.asarray(Image.fromarray(255 - ink[..., :3]).convert('YCbCr'))
    ycck = Image.fromarray(np.concatenate([255 - ycc, ink[..., 3:]], -1), 'CMYK')
    data = pillow(ycck, quality=92)
    marker = find(data, 0xEE)
    data = patched(data, marker + 15, b'\x02')
    jpeg('jpeg_ycck_adobe', data, 4)
    out = io.BytesIO()
    image.save(out, 'JPEG', quality=92, progressive=True)
    jpeg('jpeg_cmyk_progressive', out.getvalue(), 4)
    refused('jpeg_cmyk_cut', adobe[:len(adobe) * 2 // 3], 'truncated JPEG')


def rgb_of_ink(ink):
    """As in Pillow: what K leaves, less what each ink absorbs of it, the product rounded to nearest."""
    left = 255 - ink[..., 3:]
    product = ink[..., :3] * left + 128
    return (left - (((product >> 8) + product) >> 8)).clip(0, 255).astype(np.uint8)


# --- PNG ----------------------------------------------------------------------------------------------

def chunk(kind, body):
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))


def png(samples, depth, colour, interlaced=False, extra=b''):
    """A PNG of H x W x C samples, by hand: Pillow writes no 16-bit colour and no interlacing."""
    h, w = samples.shape[:2]
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    body = b''
    for left, top, across, down in passes if interlaced else [(0, 0, 1, 1)]:
        part = samples[top::down, left::across]
        if part.size:
            body += b''.join(b'\0' + row.astype('>u2' if depth == 16 else np.uint8).tobytes() for row in part)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, depth, colour, 0, 0, interlaced))
            + extra + chunk(b'IDAT', zlib.compress(body, 9)) + chunk(b'IEND', b''))


def over_white(colour, alpha):
    a = alpha.astype(float)[..., None]
    return np.rint((colour * a + 255 * (255 - a)) / 255).astype(np.uint8)


def pngs():
    grey = np.asarray(SCENE.convert('L'))
    greys = np.stack([grey] * 3, -1)
    alpha = (np.mgrid[0:H, 0:W][1] * 255 // (W - 1)).astype(np.uint8)

    def taken_png(name, data, channels, pixels, opencv=0):
        taken(name, data, 'PNG', channels, pixels, opencv, opencv)

    taken_png('png_rgb', pillow(kind='PNG'), 3, RGB)
    taken_png('png_grey', pillow(SCENE.convert('L'), 'PNG'), 1, greys)
    bits = SCENE.convert('1')
    taken_png('png_grey_1_bit', pillow(bits, 'PNG'), 1, np.asarray(bits.convert('RGB')))
    palette = SCENE.quantize(60)
    colours = np.asarray(palette.convert('RGB'))
    taken_png('png_palette', pillow(palette, 'PNG'), 3, colours)
    few = SCENE.quantize(4)
    taken_png('png_palette_2_bits', pillow(few, 'PNG', bits=2), 3, np.asarray(few.convert('RGB')))
    clear = (np.arange(60) * 255 // 59).astype(np.uint8)
    taken_png('png_palette_transparent', pillow(palette, 'PNG', transparency=clear.tobytes()), 3,
              over_white(colours, clear[np.asarray(palette)]), 1)
    taken_png('png_rgba', png(np.dstack([RGB, alpha]), 8, 6), 3, over_white(RGB, alpha), 1)
    taken_png('png_grey_alpha', png(np.dstack([grey, alpha]), 8, 4), 1, over_white(greys, alpha), 1)
    low = np.mgrid[0:H, 0:W].sum(0) * 3 % 256
    deep = RGB.astype(int) * 256 + low[..., None]
    taken_png('png_rgb_16_bit', png(deep, 16, 2), 3, RGB)
    taken_png('png_grey_16_bit', png(deep[..., :1], 16, 0), 1, np.dstack([RGB[..., 0]] * 3))
    taken_png('png_rgba_16_bit', png(np.dstack([deep, alpha.astype(int) * 257]), 16, 6), 3, over_white(RGB, alpha), 1)
    taken_png('png_interlaced', png(RGB, 8, 2, True), 3, RGB)
    taken_png('png_interlaced_16_bit', png(deep, 16, 2, True), 3, RGB)
    red = (RGB == (200, 40, 60)).all(-1)  # the ellipse
    key = chunk(b'tRNS', struct.pack('>HHH', 200, 40, 60))
    taken_png('png_colour_key', png(RGB, 8, 2, extra=key), 3, over_white(RGB, np.where(red, 0, 255)))
    key = chunk(b'tRNS', struct.pack('>H', int(grey[red][0])))
    key_grey = int(grey[red][0])
    taken_png('png_grey_key', png(grey[..., None], 8, 0, extra=key), 1, over_white(greys, np.where(grey == key_grey, 0, 255)))
    png_grey_keys()
    high = chunk(b'tRNS', bytes([1, 200, 1, 40, 1, 60]))  # only the low bytes count, as in libpng and Pillow
    taken_png('png_colour_key_of_9_bits', png(RGB, 8, 2, extra=high), 3, over_white(RGB, np.where(red, 0, 255)))
    deep_red = deep[red][0]
    seen = (deep == deep_red).all(-1)
    key = chunk(b'tRNS', struct.pack('>HHH', *deep_red.tolist()))
    taken_png('png_colour_key_16_bit', png(deep, 16, 2, extra=key), 3, over_white(RGB, np.where(seen, 0, 255)))
    taken_png('png_gamma', png(RGB, 8, 2, extra=chunk(b'gAMA', struct.pack('>I', 100000))), 3, RGB)
    taken_png('png_trailing_junk', pillow(kind='PNG') + b'junk', 3, RGB)
    whole = pillow(kind='PNG')
    png_chunks(whole)
    refused('png_cut', whole[:len(whole) // 2], 'truncated PNG')
    refused('png_cut_in_header', whole[:20], 'ends within its header')
    refused('png_wrong_crc', patched(whole, len(whole) - 20, bytes([whole[-20] ^ 1])), 'broken PNG: the checksum of IDAT')
    refused('png_without_pixels', whole[:33] + chunk(b'IEND', b''), 'broken PNG: no pixel data')
    bomb = chunk(b'IHDR', struct.pack('>IIBBBBB', 100000, 100000, 8, 2, 0, 0, 0))
    refused('png_bomb', whole[:8] + bomb + whole[33:], 'PNG of 100000 x 100000 pixels, more than the limit')
    refused('png_negative', patched(whole, 16, b'\xff\xff\xff\xff'), 'PNG of 4294967295 x 35 pixels, more')


def png_grey_keys():
    """A ramp with one transparent grey, at every depth."""
    for depth in (1, 2, 4, 16):
        top = (1 << depth) - 1
        values = [x * top // 15 for x in range(16)]
        key = values[5] if depth > 1 else 1
        bits = ''.join(format(v, f'0{depth}b') for v in values)
        row = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        data = (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 16, 1, depth, 0, 0, 0, 0))
                + chunk(b'tRNS', struct.pack('>H', key)) + chunk(b'IDAT', zlib.compress(b'\0' + row)) + chunk(b'IEND', b''))
        seen = [255 if v == key else v >> 8 if depth == 16 else v * 255 // top for v in values]
        pixels = np.repeat(np.array(seen, np.uint8)[None, :, None], 3, -1)
        taken(f'png_grey_key_{depth}_bit', data, 'PNG', 1, pixels)
    # Of two greys with the same high byte, only the one that equals the key in both bytes is transparent.
    near = np.array([[0x1234, 0x1235]])[..., None]
    key = chunk(b'tRNS', struct.pack('>H', 0x1234))
    taken('png_grey_key_16_bit_near', png(near, 16, 0, extra=key), 'PNG', 1, np.array([[[255] * 3, [0x12] * 3]], np.uint8))


def png_chunks(whole):
    """Chunks that do not affect the pixels, and those that do, sound and broken."""
    head, end = whole[:33], chunk(b'IEND', b'')
    rows_ = b''.join(b'\0' + row.tobytes() for row in RGB)
    packed = zlib.compress(rows_)

    def made(*chunks):
        return head + b''.join(chunks) + end
    pixels = chunk(b'IDAT', packed)
    spoilt = chunk(b'tEXt', b'a\0b')[:-1] + b'\0'
    for name, data in (('exif_prefix', made(chunk(b'eXIf', b'Exif\0\0II*\0\x08\0\0\0\0\0'), pixels)),
                       ('text_of_wrong_crc', made(spoilt, pixels)),
                       ('profile_nonsense', made(chunk(b'iCCP', b'nonsense'), chunk(b'sRGB', b'\x09'), pixels)),
                       ('parted', made(chunk(b'IDAT', packed[:9]), chunk(b'IDAT', b''), chunk(b'IDAT', packed[9:]))),
                       ('too_many_rows', made(chunk(b'IDAT', zlib.compress(rows_ + bytes(99))))),
                       ('junk_behind_pixels', made(chunk(b'IDAT', packed + b'junk'))),
                       ('palette_of_rgb', made(chunk(b'PLTE', b'\1\2\3\4'), pixels)),
                       ('key_of_wrong_length', made(chunk(b'tRNS', bytes(8)), pixels))):
        taken('png_' + name, data, 'PNG', 3, RGB)
    for name, data, reason in (
            ('wrong_sum', made(chunk(b'IDAT', packed[:-1] + bytes([packed[-1] ^ 1]))), 'its pixels cannot be unpacked'),
            ('no_sum', made(chunk(b'IDAT', packed[:-4])), 'its pixels lack their checksum'),
            ('too_few_rows', made(chunk(b'IDAT', zlib.compress(rows_[:-50]))), 'its pixels end after 4710 of 4760'),
            ('unpackable', made(chunk(b'IDAT', b'\x79' + packed[1:])), 'its pixels cannot be unpacked'),
            ('apart', made(chunk(b'IDAT', packed[:9]), spoilt, chunk(b'IDAT', packed[9:])), 'its pixels end after'),
            ('filter_5', made(chunk(b'IDAT', zlib.compress(b'\5' + rows_[1:]))), 'a row of filter type 5'),
            ('two_headers', made(head[8:], pixels), 'two headers'),
            ('unknown_vital_chunk', made(chunk(b'ABCD', b''), pixels), 'unknown critical chunk ABCD'),
            ('no_chunk', made(chunk(b'A1CD', b''), pixels), 'no valid chunk at byte 33'),
            ('text_first', whole[:8] + chunk(b'tEXt', bytes(13)) + whole[8:], 'it does not begin with IHDR'),
            ('depth_3', head[:8] + chunk(b'IHDR', struct.pack('>IIBBBBB', W, H, 3, 0, 0, 0, 0)) + pixels + end,
             'colour type 0 of 3 bits'),
            ('without_palette', head[:8] + chunk(b'IHDR', struct.pack('>IIBBBBB', W, H, 8, 3, 0, 0, 0)) + pixels + end,
             'no colour table')):
        refused('png_' + name, data, 'broken PNG: ' + reason)
    refused('png_no_end', made(pixels)[:-12], 'truncated PNG')
    refused('png_of_apple', whole[:8] + chunk(b'CgBI', bytes(4)) + whole[8:], "PNG in Apple's form")
    wide = head[:8] + chunk(b'IHDR', struct.pack('>IIBBBBB', 1000001, 1, 1, 0, 0, 0, 0))
    refused('png_too_wide', wide + chunk(b'IDAT', zlib.compress(bytes(125002))) + end, 'PNG of 1000001 x 1 pixels, longer')
    index = np.array([[0, 1, 2, 3]], np.uint8)[..., None]
    table = chunk(b'PLTE', bytes([10, 20, 30, 40, 50, 60]))
    clear = chunk(b'tRNS', bytes([0, 255, 0, 0]))
    seen = np.array([[[255] * 3, [40, 50, 60], [0] * 3, [0] * 3]], np.uint8)  # libpng uses black where there is no colour
    for name, extra in (('palette_too_short', table + clear), ('transparency_before_palette', clear + table)):
        taken('png_' + name, png(index, 8, 3, extra=extra), 'PNG', 3, seen)


# --- GIF, BMP, WebP -----------------------------------------------------------------------------------

def gifs():
    palette = SCENE.quantize(60)
    colours = np.asarray(palette.convert('RGB'))
    index = np.asarray(palette)
    taken('gif_plain', pillow(palette, 'GIF', interlace=0), 'GIF', pixels=colours)
    taken('gif_interlaced', pillow(palette, 'GIF', interlace=1), 'GIF', pixels=colours)
    animated = pillow(palette, 'GIF', save_all=True, append_images=[SCENE.rotate(180).quantize(60)], interlace=0)
    taken('gif_animated', animated, 'GIF', pixels=colours)
    clear = int(index[5, 5])
    seen = np.where((index == clear)[..., None], 255, colours).astype(np.uint8)
    taken('gif_transparent', pillow(palette, 'GIF', transparency=clear, interlace=0), 'GIF', pixels=seen)
    whole = pillow(palette, 'GIF', interlace=0)
    frame = whole.index(b'\x2c' + struct.pack('<HHHH', 0, 0, W, H))
    moved = patched(patched(whole, 6, struct.pack('<HH', W + 9, H + 7)), frame + 1, struct.pack('<HH', 4, 3))
    page = np.full((H + 7, W + 9, 3), 255, np.uint8)
    page[3:3 + H, 4:4 + W] = colours
    taken('gif_frame_smaller_than_page', moved, 'GIF', pixels=page)
    taken('gif_without_trailer', whole[:-1], 'GIF', pixels=colours)
    refused('gif_cut', whole[:frame + 10 + (len(whole) - frame) // 2], 'truncated GIF')
    refused('gif_cut_in_palette', whole[:40], 'truncated GIF')
    refused('gif_without_frame', whole[:frame] + b';', 'broken GIF')
    refused('gif_bomb', patched(whole, 6, struct.pack('<HH', 65535, 65535)), 'GIF of 65535 x 65535 pixels')
    refused('gif_without_palette', patched(whole, 10, b'\0')[:13] + whole[frame:], 'broken GIF: no colour table')
    gif_codes()
    refused('gif_bomb_frame', patched(whole, frame + 5, struct.pack('<HH', 65535, 65535)), 'GIF of 65535 x 65535 pixels')


def gif(index, codes, bits=2, palette=4, page=None, control=b'', left=0, top=0):
    """A GIF of colours (10·i, 20·i, 30·i) and given codes, each with its width."""
    h, w = index.shape
    held = ''.join(format(code, f'0{width}b')[::-1] for code, width in codes)
    held += '0' * (-len(held) % 8)
    data = bytes(int(held[i:i + 8][::-1], 2) for i in range(0, len(held), 8))
    blocks = b''.join(bytes([len(data[i:i + 255])]) + data[i:i + 255] for i in range(0, len(data), 255))
    table = bytes(v for i in range(palette) for v in (10 * i % 256, 20 * i % 256, 30 * i % 256))
    size = palette.bit_length() - 2
    return (b'GIF89a' + struct.pack('<HHBBB', *(page or (w, h)), 0x80 | size, 0, 0) + table + control
            + b'\x2c' + struct.pack('<HHHHBB', left, top, w, h, 0, bits) + blocks + b'\0;')


def lzw(index, bits, clear_first=True, clear_when_full=True):
    """Codes as encoders write them, with their widths."""
    clear, codes = 1 << bits, []
    width, known, string = bits + 1, {bytes([i]): i for i in range(1 << bits)}, b''
    fresh = dict(known)
    if clear_first:
        codes.append((clear, width))
    following = clear + 2
    for pixel in index.tobytes():
        if string + bytes([pixel]) in known:
            string += bytes([pixel])
            continue
        codes.append((known[string], width))
        if following < 4096:
            known[string + bytes([pixel])] = following
            width += following == 1 << width and width < 12
            following += 1
        elif clear_when_full:
            codes.append((clear, width))
            known, width, following = dict(fresh), bits + 1, clear + 2
        string = bytes([pixel])
    return codes + [(known[string], width), (clear + 1, width if following < 4096 else 12)]


def gif_codes():
    """Unusual codes: either unambiguous, or the file is damaged."""
    clear, end = (4, 3), (5, 3)
    four = np.array([[1, 2], [3, 1]], np.uint8)

    def colours(index):
        return np.stack([index.astype(int) * k % 256 for k in (10, 20, 30)], -1).astype(np.uint8)

    def taken_gif(name, index, data, pixels=None):
        taken('gif_' + name, data, 'GIF', pixels=colours(index) if pixels is None else pixels)
    taken_gif('two_clears', four, gif(four, [clear, clear, (1, 3), clear, clear, (2, 3), clear, (3, 3), clear, (1, 3), end]))
    taken_gif('no_clear', four, gif(four, [(1, 3), (2, 3), (3, 3), (1, 4), (5, 4)]))
    noise = np.random.RandomState(7).randint(0, 16, (90, 80)).astype(np.uint8)
    taken_gif('full_table', noise, gif(noise, lzw(noise, 4, clear_when_full=False), 4, 16))
    taken_gif('full_table_cleared', noise, gif(noise, lzw(noise, 4), 4, 16))
    taken_gif('no_clear_long', noise, gif(noise, lzw(noise, 4, clear_first=False), 4, 16))
    flat = np.zeros((9, 50), np.uint8)
    taken_gif('long_strings', flat, gif(flat, lzw(flat, 2)))
    pair = np.array([[1, 1]], np.uint8)
    taken_gif('string_beyond_frame', pair, gif(pair, [clear, (1, 3), (6, 3), end]))
    taken_gif('codes_beyond_frame', four, gif(four, [clear, (1, 3), (2, 3), (3, 3), (1, 4), (2, 4), (3, 4), (15, 4)]))
    good = [clear, (1, 3), (2, 3), (3, 3), (1, 4), (5, 4)]
    control = b'\x21\xf9\x04\x01\0\0%c\0'
    seen = colours(four)
    taken_gif('transparent_beyond_table', four, gif(four, good, control=control % 255))
    white = seen.copy()
    white[1, 0] = 255
    taken_gif('transparent_last', four, gif(four, good, control=control % 3), white)
    page = np.full((5, 6, 3), 255, np.uint8)
    page[3:, 4:] = seen
    taken_gif('frame_beyond_page', four, gif(four, good, page=(3, 2), left=4, top=3), page)
    taken_gif('page_of_no_size', four, gif(four, good, page=(0, 0)))
    big = np.zeros((4, 4), np.uint8)
    for name, index, codes, reason in (
            ('too_few_pixels', big, [clear, (1, 3), (2, 3), end], '2 of 16 pixels'),
            ('no_end_code', big, [clear, (1, 3), (2, 3)], '4 of 16 pixels'),
            ('code_out_of_sequence', four, [clear, (1, 3), (7, 3), (2, 3), end], 'a code out of sequence, 7'),
            ('first_code_unknown', four, [clear, (6, 3), (2, 3), (2, 4), end], 'a code out of sequence, 6')):
        refused('gif_' + name, gif(index, codes), 'broken GIF: ' + reason)
    refused('gif_colour_beyond_table', gif(four, good, palette=2), 'broken GIF: colour 2 of a table of 2')
    refused('gif_wide_colours', gif(four, good, bits=9), 'broken GIF: colours of 9 bits')
    two = np.array([[1, 0, 1, 1]], np.uint8)  # readers differ in when its codes grow
    refused('gif_one_bit_codes', gif(two, [(2, 2), (1, 2), (0, 2), (1, 2), (1, 2), (3, 2)], 1, 2), 'broken GIF: colours of 1')
    refused('gif_frame_of_no_size', gif(four[:0], good), 'broken GIF: a frame of 2 x 0 pixels')


def bmp(header, colours, rows_, bits, compression=0, height=H):
    offset = 14 + 40 + len(colours)
    info = struct.pack('<IiiHHIIiiII', 40, W, height, 1, bits, compression, len(rows_), 2835, 2835,
                       len(colours) // 4 if bits <= 8 else 0, 0)
    return b'BM' + struct.pack('<IHHI', offset + len(rows_), 0, 0, offset) + info + colours + rows_


def bmps():
    def lines(samples):
        return b''.join(r.tobytes() + bytes(-len(r.tobytes()) % 4) for r in samples)
    bgr = RGB[..., ::-1]
    taken('bmp_rgb', pillow(kind='BMP'), 'BMP', pixels=RGB)
    taken('bmp_top_down', bmp(None, b'', lines(bgr), 24, height=-H), 'BMP', pixels=RGB)
    padded = np.dstack([bgr, np.zeros((H, W), np.uint8)])
    taken('bmp_32_bit_padding', bmp(None, b'', lines(padded[::-1]), 32), 'BMP', pixels=RGB)
    palette = SCENE.quantize(60)
    colours = np.asarray(palette.convert('RGB'))
    index = np.asarray(palette)
    taken('bmp_palette', pillow(palette, 'BMP'), 'BMP', pixels=colours)
    table = b''.join(bytes([b, g, r, 0]) for r, g, b in np.array(palette.getpalette()[:180]).reshape(-1, 3).tolist())
    runs = b''.join(b''.join(bytes([1, v]) for v in row) + b'\0\0' for row in index[::-1].tolist()) + b'\0\x01'
    refused('bmp_run_lengths', bmp(None, table, runs, 8, 1), 'run-length coded BMP')
    refused('bmp_run_lengths_4_bit', bmp(None, table[:64], runs, 4, 2), 'run-length coded BMP')
    refused('bmp_of_jpeg', bmp(None, b'', cjpeg(), 0, 4), 'JPEG-coded BMP')
    refused('bmp_2_bit', bmp(None, table[:16], lines(index), 2), 'BMP of 2 bits a pixel')
    masked_bmps()
    bits = SCENE.convert('1')
    taken('bmp_1_bit', pillow(bits, 'BMP'), 'BMP', pixels=np.asarray(bits.convert('RGB')))
    core = struct.pack('<IHHHH', 12, W, H, 1, 24)
    rows_ = lines(bgr[::-1])
    taken('bmp_os2', b'BM' + struct.pack('<IHHI', 26 + len(rows_), 0, 0, 26) + core + rows_, 'BMP', pixels=RGB)
    whole = pillow(kind='BMP')
    refused('bmp_cut', whole[:len(whole) // 2], 'truncated BMP')
    refused('bmp_header_only', whole[:40], 'ends within its header')
    refused('bmp_pixels_in_header', patched(whole, 10, b'\x1a'), 'broken BMP: its pixels begin within its header')
    many = patched(pillow(palette, 'BMP'), 46, struct.pack('<I', 257))
    refused('bmp_257_colours', many, 'broken BMP: a table of 257 colours')
    refused('bmp_without_palette', patched(pillow(palette, 'BMP'), 10, struct.pack('<I', 54)), 'broken BMP: a table of')
    refused('bmp_bomb', patched(whole, 18, struct.pack('<ii', 1 << 20, 1 << 20)), 'BMP of 1048576 x 1048576 pixels')


def masked_bmps():
    """Pixels with colour masks, in every header that has them; 16 bits without masks have 5 per colour."""
    def level(samples, top):
        return np.floor(samples * 255 / top + .5)

    def masked(name, bits, masks, header=40, compression=3, alpha=0, height=H):
        top = [m >> (m & -m).bit_length() - 1 for m in masks]
        value = np.zeros((H, W), np.int64)
        seen = np.zeros((H, W, 3))
        for c in range(3):
            sample = np.floor(RGB[..., c] * top[c] / 255 + .5).astype(np.int64)
            value |= sample * (masks[c] & -masks[c])
            seen[..., c] = level(sample, top[c])
        glass = np.full((H, W), 255)
        if alpha:
            glass = np.mgrid[0:H, 0:W][1] * 255 // (W - 1)
            value |= glass * (alpha & -alpha)
        rows_ = value.astype('<u2' if bits == 16 else '<u4')
        body = b''.join(r.tobytes() + bytes(-len(r.tobytes()) % 4) for r in (rows_ if height < 0 else rows_[::-1]))
        info = struct.pack('<IiiHHIIiiII', header, W, height, 1, bits, compression, len(body), 2835, 2835, 0, 0)
        if compression == 3:
            info += struct.pack('<III', *masks)
        if header > 40:
            info = (info + struct.pack('<I', alpha) if compression == 3 else info).ljust(header, b'\0')[:header]
        data = b'BM' + struct.pack('<IHHI', 14 + len(info) + len(body), 0, 0, 14 + len(info)) + info + body
        taken('bmp_' + name, data, 'BMP', pixels=over_white(seen, glass), opencv=1 if alpha else 0,
              turbojpeg=1 if alpha else 0)
        return data
    five, six = (0x7c00, 0x3e0, 0x1f), (0xf800, 0x7e0, 0x1f)
    whole = (0xff0000, 0xff00, 0xff)
    masked('16_bit', 16, five, compression=0)
    masked('16_bit_top_down', 16, five, compression=0, height=-H)
    for header in (40, 52, 56, 108, 124):
        masked(f'565_header_{header}', 16, six, header)
        masked(f'swapped_masks_header_{header}', 32, whole[::-1], header)
    masked('555_masks', 16, five)
    masked('plain_masks', 32, whole)
    masked('10_bits_a_colour', 32, (0x3ff00000, 0xffc00, 0x3ff))
    for header in (56, 108, 124):
        masked(f'alpha_header_{header}', 32, whole, header, alpha=0xff000000)
    data = masked('padding_header_124', 32, whole, 124, 0)
    odd = patched(data, 30, b'\x03')
    for name, masks in (('overlap', (0xff, 0xff, 0xff0000, 0)), ('gap', (0xff0000, 0xf0f0, 0xff, 0)),
                        ('none', (0xff0000, 0, 0xff, 0))):
        reason = 'an empty colour mask' if name == 'none' else 'its colour masks overlap or have gaps'
        refused('bmp_masks_' + name, patched(odd, 54, struct.pack('<IIII', *masks)), 'broken BMP: ' + reason)
    short = patched(patched(odd, 28, b'\x10'), 54, struct.pack('<IIII', *five, 0x8000))
    refused('bmp_16_bit_alpha', short, 'BMP of 16 bits a pixel with alpha')


def webps():
    lossy = pillow(kind='WEBP', quality=90)
    # OpenCV has its own libwebp; other versions' chroma interpolation differs by one level.
    taken('webp_lossy', lossy, 'WEBP', opencv=2, turbojpeg=2)
    taken('webp_lossless', pillow(kind='WEBP', lossless=True), 'WEBP', pixels=RGB)
    alpha = (np.mgrid[0:H, 0:W][1] * 255 // (W - 1)).astype(np.uint8)
    glass = Image.fromarray(np.dstack([RGB, alpha]))
    taken('webp_alpha', pillow(glass, 'WEBP', lossless=True, exact=True), 'WEBP', pixels=over_white(RGB, alpha),
          opencv=1, turbojpeg=1)
    refused('webp_animated', pillow(kind='WEBP', save_all=True, append_images=[SCENE.rotate(180)]), 'animated WebP')
    grey = Image.new('RGB', (1, 1), (128, 128, 128))
    taken('webp_shortest', pillow(grey, 'WEBP', lossless=True), 'WEBP')
    refused('webp_cut', lossy[:len(lossy) * 2 // 3], 'truncated WebP')
    refused('webp_long_chunk', patched(lossy, 16, struct.pack('<I', len(lossy))), 'broken WebP: its VP8 chunk extends')
    refused('webp_without_picture', lossy[:12] + b'EXIF' + lossy[16:], 'WebP of an unknown kind')
    refused('webp_no_key_frame', patched(lossy, 20, bytes([lossy[20] | 1])), 'broken WebP: its picture is not a key frame')
    refused('webp_nonsense', lossy[:23] + b'nons' + lossy[27:], 'broken WebP: libwebp cannot decode')
    refused('webp_cut_in_header', lossy[:24], 'ends within its header')
    extended = b'RIFF' + struct.pack('<I', 22) + b'WEBPVP8X' + struct.pack('<I', 10) + bytes(4) + b'\xfe\x3f\0' * 2
    refused('webp_bomb', extended, 'WebP of 16383 x 16383 pixels, more than the limit')


# --- no images ----------------------------------------------------------------------------------------

def others():
    refused('empty', b'', 'empty file')
    refused('text', b'This file was lost; see the README.\n', 'no image')
    refused('html', b'<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n', 'no image')
    refused('svg', b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9"/></svg>', 'no image')
    refused('zeros', bytes(200), 'no image')
    refused('tiff', pillow(scene(8, 8), 'TIFF'), 'no image')
    refused('jpeg_2000', pillow(scene(8, 8), 'JPEG2000'), 'no image')
    refused('gzip', b'\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0', 'no image')
    refused('one_byte', b'\xff', 'no image')
    refused('riff_wave', b'RIFF$\0\0\0WAVEfmt ' + bytes(24), 'no image')


os.makedirs(OUT, exist_ok=True)
jpegs()
pngs()
gifs()
bmps()
webps()
others()
rows.sort(key=lambda row: row['file'])
write('odd.json', ('[\n' + ',\n'.join(json.dumps(row) for row in rows) + '\n]\n').encode())
print(len(rows), 'files,', sum(os.path.getsize(os.path.join(OUT, f)) for f in os.listdir(OUT)), 'bytes')
