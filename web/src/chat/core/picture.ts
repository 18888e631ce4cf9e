/** LONGEST is the longer side of a picture that is sent, in pixels: print stays readable. */
const LONGEST = 2400;
const QUALITY = 0.9;

/** shrunk draws a picture upright and no larger than it has to be, as a JPEG. What a file held beside its pixels is gone. */
export async function shrunk(source: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(source, { imageOrientation: "from-image" });
  const factor = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * factor);
  canvas.height = Math.round(bitmap.height * factor);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return jpegOf(canvas);
}

/** still is what a camera shows now. */
export function still(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return jpegOf(canvas);
}

/** printed draws lines as a page: the sample paper of the demo. */
export function printed(lines: readonly string[]): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = 1000;
  canvas.height = Math.max(420, 160 + lines.length * 76);
  const context = canvas.getContext("2d");
  if (context) {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.strokeStyle = "#999";
    context.strokeRect(14, 14, canvas.width - 28, canvas.height - 28);
    context.fillStyle = "#141414";
    context.font = '36px "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
    lines.forEach((line, n) => {
      context.fillText(line, 60, 96 + n * 76);
    });
  }
  return jpegOf(canvas);
}

function jpegOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((b) => (b ? resolve(b) : reject(new Error("no picture"))), "image/jpeg", QUALITY);
  });
}
