import type { Card } from "../../../api/wire";
import type { Dictionary } from "../../i18n";

const W = 720;
const PAD = 48;

/**
 * receiptPicture draws a 回单 as a PNG, 720 pixels wide. It is drawn, not copied from
 * the screen, so that it looks the same on every phone and in both editions.
 */
export function receiptPicture(card: Card, t: Dictionary, font: string): Promise<Blob> {
  const rows = card.ref ? [...card.rows, { label: t.receiptNumber, value: card.ref }] : card.rows;
  const height = 270 + (card.amount ? 120 : 0) + rows.length * 52;
  const canvas = document.createElement("canvas");
  canvas.width = W;
  canvas.height = height;
  const g = canvas.getContext("2d");
  if (!g) return Promise.reject(new Error("no canvas"));
  g.fillStyle = "#ffffff";
  g.fillRect(0, 0, W, height);
  g.fillStyle = "#0c3b4d";
  g.fillRect(0, 0, W, 104);
  g.fillStyle = "#ffffff";
  g.font = `600 32px ${font}`;
  g.textBaseline = "middle";
  g.fillText(card.title || t.receipt, PAD, 54);
  g.textAlign = "right";
  g.font = `22px ${font}`;
  g.fillText(t.receipt, W - PAD, 54);
  let y = 160;
  if (card.amount) {
    g.textAlign = "center";
    g.fillStyle = "#14252d";
    g.font = `700 56px ${font}`;
    g.fillText(card.amount.figures, W / 2, y + 12);
    g.font = `24px ${font}`;
    g.fillStyle = "#4a5f69";
    g.fillText(card.amount.words ?? "", W / 2, y + 66);
    y += 120;
  }
  for (const row of rows) {
    g.textAlign = "left";
    g.fillStyle = "#4a5f69";
    g.font = `24px ${font}`;
    g.fillText(row.label, PAD, y);
    g.textAlign = "right";
    g.fillStyle = "#14252d";
    g.fillText(row.value, W - PAD, y, W - 2 * PAD - 180);
    y += 52;
  }
  g.strokeStyle = "#c4d0d5";
  g.setLineDash([6, 6]);
  g.beginPath();
  g.moveTo(PAD, y);
  g.lineTo(W - PAD, y);
  g.stroke();
  g.textAlign = "center";
  g.fillStyle = "#5f727b";
  g.font = `20px ${font}`;
  g.fillText(t.receiptFoot, W / 2, y + 44);
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png");
  });
}

/** share hands the picture to the phone's share sheet, or saves it where there is none. */
export async function share(blob: Blob, name: string): Promise<"shared" | "saved"> {
  const file = new File([blob], name, { type: blob.type });
  // A desktop browser may know canShare too, but people expect a file there.
  if (navigator.maxTouchPoints > 0 && navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file] });
      return "shared";
    } catch {
      // Dismissed or refused: saving is always possible.
    }
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
  return "saved";
}
