/** From ink on the drawing pad to an image as MNIST has them. */

/**
 * The ink scaled and placed as MNIST's images were (LeCun et al. 1998, section III.A): its bounding box scaled to fit
 * 20 of 28 pixels, its shape kept and its edges smooth, then put where its centre of mass is the image's centre.
 *
 * @param {Float32Array} ink [side, side], from 0 to 1
 * @param {number} side
 * @param {number} height of the image
 * @param {number} width
 * @returns {Uint8Array} [height, width]; all zero where there is no ink
 */
export function centredImage(ink, side, height, width) {
  const image = new Uint8Array(height * width);
  const box = boundingBox(ink, side);
  if (!box) return image;
  const scale = ((20 / 28) * Math.min(height, width)) / Math.max(box.right - box.left, box.bottom - box.top);
  const wide = Math.max(1, Math.round((box.right - box.left) * scale));
  const high = Math.max(1, Math.round((box.bottom - box.top) * scale));
  const small = averaged(ink, side, box, high, wide);
  const [x, y] = centreOfMass(small, high, wide);
  // As measured on MNIST's test images: their centre of mass lies in the pixel right of and below the middle.
  return placed(small, high, wide, image, height, width, Math.round((width + 1) / 2 - x), Math.round((height + 1) / 2 - y));
}

/** The pad as it is, made smaller: for an image that was there already and has been drawn over. */
export function reducedImage(ink, side, height, width) {
  const small = averaged(ink, side, { left: 0, top: 0, right: side, bottom: side }, height, width);
  return Uint8Array.from(small, (value) => Math.round(255 * value));
}

/** The least box with all the ink; right and bottom lie one beyond. Null without ink. */
function boundingBox(ink, side) {
  let [left, top, right, bottom] = [side, side, 0, 0];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (ink[y * side + x] < 0.05) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
  }
  return right ? { left, top, right, bottom } : null;
}

/** A box of the ink as [height, width] means over equal cells; pixels that a cell covers in part count in part. */
function averaged(ink, side, box, height, width) {
  const [across, down] = [(box.right - box.left) / width, (box.bottom - box.top) / height];
  const tall = box.bottom - box.top;
  const strips = new Float32Array(tall * width);
  for (let x = 0; x < width; x++) {
    const from = box.left + x * across;
    for (let y = 0; y < tall; y++) strips[y * width + x] = along(ink, (box.top + y) * side, 1, from, from + across);
  }
  const means = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      means[y * width + x] = Math.min(1, along(strips, x, width, y * down, (y + 1) * down) / (across * down));
    }
  }
  return means;
}

/** The integral from one place to another of what is constant on each pixel; pixel i is values[start + i * step]. */
function along(values, start, step, from, to) {
  const first = Math.floor(from);
  const last = Math.ceil(to - 1e-6) - 1;
  if (last <= first) return values[start + first * step] * (to - from);
  let sum = values[start + first * step] * (first + 1 - from) + values[start + last * step] * (to - last);
  for (let i = first + 1; i < last; i++) sum += values[start + i * step];
  return sum;
}

/** In pixels from the top left corner. */
function centreOfMass(values, height, width) {
  let [mass, x, y] = [0, 0, 0];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = values[row * width + column];
      mass += value;
      x += value * (column + 0.5);
      y += value * (row + 0.5);
    }
  }
  return mass ? [x / mass, y / mass] : [width / 2, height / 2];
}

function placed(small, high, wide, image, height, width, left, top) {
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const [row, column] = [y + top, x + left];
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      image[row * width + column] = Math.round(255 * small[y * wide + x]);
    }
  }
  return image;
}
