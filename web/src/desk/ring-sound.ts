/** RingSound plays the desk's short two-note ring. */
export interface RingSound {
  /** play rings once; false when the browser still waits for a click of the user. */
  play(): boolean;
  close(): void;
}

/** ringSound makes the ring from two sine notes, so that no file has to load. */
export function ringSound(host: { AudioContext?: typeof AudioContext }): RingSound {
  const Context = host.AudioContext;
  const audio = Context ? new Context() : null;
  return {
    play: () => {
      if (!audio) return true;
      if (audio.state === "suspended") {
        audio.resume().catch(() => undefined);
        return false;
      }
      note(audio, 784, 0);
      note(audio, 1047, 0.16);
      return true;
    },
    close: () => {
      audio?.close().catch(() => undefined);
    },
  };
}

function note(audio: AudioContext, hertz: number, delay: number): void {
  const from = audio.currentTime + delay;
  const tone = audio.createOscillator();
  const gain = audio.createGain();
  tone.frequency.value = hertz;
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(0.14, from + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.001, from + 0.32);
  tone.connect(gain).connect(audio.destination);
  tone.start(from);
  tone.stop(from + 0.34);
}
