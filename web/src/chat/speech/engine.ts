import type { Locale } from "../../api/wire";

/** Trouble is why listening ended without words. */
export type Trouble = "denied" | "unheard";

/** Listener hears one utterance. */
export interface Listener {
  /**
   * start begins to listen; heard is called with the words so far, ended once at the
   * end. The result stops listening and lets the last words come.
   */
  start(
    locale: Locale,
    heard: (text: string) => void,
    ended: (text: string, trouble: Trouble | null) => void,
  ): () => void;
}

/** Speaker reads text aloud, one at a time: a new text replaces the one being read. */
export interface Speaker {
  speak(text: string, locale: Locale, slow: boolean, ended: () => void): void;
  stop(): void;
}

/** SpeechEngine is the seam for speech: null where the machine can't, and the screen says so. */
export interface SpeechEngine {
  listener: Listener | null;
  speaker: Speaker | null;
}

/** The part of the browser's own recognition that is used; it has no type in the DOM library. */
interface Recognition {
  lang: string;
  interimResults: boolean;
  continuous: boolean;
  onresult: ((event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
  start(): void;
  stop(): void;
}

interface SpeechWindow {
  SpeechRecognition?: new () => Recognition;
  webkitSpeechRecognition?: new () => Recognition;
  speechSynthesis?: SpeechSynthesis;
}

const TAG: Record<Locale, string> = { zh: "zh-CN", en: "en-GB" };

/** browserSpeech is the browser's own engine, where it has one. */
export function browserSpeech(host: Window): SpeechEngine {
  const w = host as unknown as SpeechWindow;
  const Recogniser = w.SpeechRecognition ?? w.webkitSpeechRecognition;
  return {
    listener: Recogniser ? listenWith(Recogniser) : null,
    speaker: w.speechSynthesis ? speakWith(w.speechSynthesis) : null,
  };
}

function listenWith(Recogniser: new () => Recognition): Listener {
  return {
    start(locale, heard, ended) {
      const recognition = new Recogniser();
      let text = "";
      let trouble: Trouble | null = null;
      recognition.lang = TAG[locale];
      recognition.interimResults = true;
      recognition.continuous = true;
      recognition.onresult = (event) => {
        text = Array.from(event.results, (result) => result[0]?.transcript ?? "").join("");
        heard(text);
      };
      recognition.onerror = (event) => {
        trouble =
          event.error === "not-allowed" || event.error === "service-not-allowed" ? "denied" : "unheard";
      };
      recognition.onend = () => ended(text.trim(), text.trim() === "" ? (trouble ?? "unheard") : null);
      try {
        recognition.start();
      } catch {
        ended("", "unheard");
      }
      return () => recognition.stop();
    },
  };
}

function speakWith(synthesis: SpeechSynthesis): Speaker {
  return {
    speak(text, locale, slow, ended) {
      synthesis.cancel();
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.lang = TAG[locale];
      utterance.rate = slow ? 0.85 : 1;
      utterance.onend = ended;
      utterance.onerror = ended;
      synthesis.speak(utterance);
    },
    stop: () => synthesis.cancel(),
  };
}
