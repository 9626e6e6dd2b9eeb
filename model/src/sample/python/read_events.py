"""Reads TensorBoard's event files with plain Python: TFRecord framing, protobuf's wire format.

    python3 model/src/sample/python/read_events.py runs/b1

takes trainings' folders or event files, and prints a line for each value: its step, its tag, and the number or the size
of the picture.
"""

import glob
import os
import struct
import sys

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def masked_crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    """The records of a TFRecord file, with both CRCs checked."""
    at = 0
    while at < len(data):
        length, = struct.unpack_from('<Q', data, at)
        for start, size in (at, 8), (at + 12, length):
            found, = struct.unpack_from('<I', data, start + size)
            if found != masked_crc32c(data[start:start + size]):
                sys.exit('the CRC32C of the %d bytes from byte %d on does not match' % (size, start))
        yield data[at + 12:at + 12 + length]
        at += 16 + length


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def fields(message):
    """Numbers and values of a message's fields, in order."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(message, at)
        else:
            if kind == 2:
                size, at = varint(message, at)
            else:
                size = {1: 8, 5: 4}[kind]
            value = message[at:at + size]
            at += size
        yield key >> 3, value


def values(event):
    """Step, tag, and number or picture of each value of an Event."""
    of_event = dict(fields(event))
    for _, value in fields(of_event.get(5, b'')):
        of_value = dict(fields(value))
        step, tag = of_event.get(2, 0), of_value[1].decode()
        if 2 in of_value:
            yield step, tag, struct.unpack('<f', of_value[2])[0]
        elif 4 in of_value:
            image = dict(fields(of_value[4]))
            yield step, tag, '%dx%d, %d bytes' % (image[2], image[1], len(image[4]))


if __name__ == '__main__':
    names = []
    for given in sys.argv[1:]:
        names += sorted(glob.glob(glob.escape(given) + '/events.out.tfevents.*')) if os.path.isdir(given) else [given]
    for name in names:
        with open(name, 'rb') as file:
            for record in records(file.read()):
                for step, tag, value in values(record):
                    print(step, tag, value)
