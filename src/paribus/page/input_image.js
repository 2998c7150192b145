/** Images as the networks get them: bytes [channels, height, width], light on dark. */

/**
 * @param {HTMLCanvasElement} canvas of width x height pixels
 * @param {Uint8Array} values
 * @param {{channels: number, height: number, width: number}} image
 */
export function paintSeen(canvas, values, { channels, height, width }) {
  const context = canvas.getContext("2d");
  const picture = context.createImageData(width, height);
  const area = height * width;
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) picture.data[4 * i + c] = values[(channels === 3 ? c * area : 0) + i];
    picture.data[4 * i + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}
