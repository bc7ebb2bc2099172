// Files to upload: a photo that is a real PNG, and things that only claim to be one.
import { deflateSync } from 'node:zlib';

function crc(bytes) {
  let c = 0xffffffff;
  for (const b of bytes) {
    c ^= b;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return (c ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

// A light oval before a white ground, as a face would stand in a photo.
export function png(width = 390, height = 567) {
  const rows = Buffer.alloc((width * 3 + 1) * height, 255);
  for (let y = 0; y < height; y += 1) {
    rows[y * (width * 3 + 1)] = 0;
    for (let x = 0; x < width; x += 1) {
      const inside = ((x - width / 2) / (width / 3)) ** 2 + ((y - height / 2) / (height / 3)) ** 2 < 1;
      if (inside) rows.set([224, 190, 170], y * (width * 3 + 1) + 1 + x * 3);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

export const photo = () => ({ name: 'photo.png', mimeType: 'image/png', buffer: png() });
// A script that calls itself a picture.
export const disguised = () => ({ name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from('#!/bin/sh\necho not a picture\n') });
export const oversized = (megabytes) => ({ name: 'large.png', mimeType: 'image/png', buffer: Buffer.concat([png(), Buffer.alloc(megabytes << 20, 7)]) });
