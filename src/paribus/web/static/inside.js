export function createInside(app) {
  const node = document.createElement("div");
  return { node, show() {}, epoch() {}, close() {} };
}
