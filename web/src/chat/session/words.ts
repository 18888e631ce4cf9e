import type { Locale } from "../../api/wire";

/** zh are the words of a session; they come with its lazy chunk. */
const zh = {
  title: "远程协助",
  invites: (name: string) => `${name}邀请您远程协助`,
  invitesHint: "可以语音通话；您也可以把这个页面给坐席看，由坐席在上面圈点指引。操作始终由您自己完成。",
  code: "口令",
  codeHint: "请和坐席核对口令，一致再接受",
  number: (number: string) => `工号 ${number}`,
  certificate: (certificate: string) => `从业证书 ${certificate}`,
  accept: "接受",
  accepting: "正在接通……",
  decline: "不接受",
  safe: "工作人员不会索要密码和验证码",
  offline: "网络断开了，恢复后请再试一次",
  present: (names: string) => `在场：${names}`,
  visitor: { listen: "主管在旁听", whisper: "主管在指导坐席", barge: "主管已加入通话" } as Record<
    string,
    string
  >,
  line: {
    connecting: "正在接通……",
    live: "已接通",
    trouble: "连接中断，正在恢复……",
    replaced: "协助已转到另一个页面",
  },
  quality: { good: "", weak: "网络不太好，画面和声音可能卡顿", bad: "网络很差，建议换到信号好的地方" },
  sharing: {
    none: "没有共享任何内容",
    starting: "请在浏览器的提示里选择允许",
    screen: "正在共享这个页面",
    camera: "正在共享摄像头",
  },
  paused: "您在输入保密内容，坐席现在看不到画面",
  shareScreen: "共享这个页面",
  shareCamera: "共享摄像头",
  stop: "停止共享",
  micOn: "打开麦克风",
  micOff: "关闭麦克风",
  end: "结束",
  fold: "收起",
  unfold: "展开",
  elsewhere: "这次协助正在您的另一个页面或设备上进行",
  here: "在这里继续",
  consent: {
    screen: "共享这个页面？",
    camera: "共享摄像头？",
    asked: { screen: "坐席请您共享这个页面", camera: "坐席请您打开摄像头" },
    screenList: [
      "坐席能看到这个标签页，看不到别的网页、应用和桌面",
      "密码、验证码、卡号和余额会自动遮住",
      "坐席只能圈点指引，不能替您操作",
      "随时可以停止",
    ],
    cameraList: ["坐席能看到您的摄像头画面", "请不要让密码、验证码入镜", "随时可以停止"],
    yes: "同意并共享",
    no: "取消",
  },
  record: {
    asked: "坐席请您同意录制这次协助",
    list: [
      "声音、您共享的画面和坐席的标注会加密保存，作为办理凭证",
      "保密内容被遮住的时候，画面不会录下来",
      "不同意也可以继续咨询，随时可以停止录制",
    ],
    yes: "同意录制",
    no: "不录制",
    on: "正在录制",
    stop: "停止录制",
  },
  refused: {
    cancelled: "没有共享：您取消了，或浏览器没有允许",
    device: "用不了摄像头或麦克风：请在浏览器设置里允许，并确认没有被别的程序占用",
    interrupted: "共享中断了，需要时请再点一次",
    server: "没有共享",
    offline: "网络断开了，恢复后请再试一次",
  },
  noMedia: "这个浏览器不支持通话和共享，请继续用文字沟通",
  agentVideo: (name: string) => `${name}的画面`,
  ownVideo: "坐席看到的您的画面",
};

/** SessionWords is the shape of every language. */
export type SessionWords = typeof zh;

const en: SessionWords = {
  title: "Remote help",
  invites: (name) => `${name} invites you to remote help`,
  invitesHint:
    "You can talk, and you can show this page so that the agent points things out on it. You stay the only one who acts.",
  code: "Code",
  codeHint: "Compare the code with the agent's before you accept",
  number: (number) => `Staff no. ${number}`,
  certificate: (certificate) => `Certificate ${certificate}`,
  accept: "Accept",
  accepting: "Connecting…",
  decline: "Decline",
  safe: "Bank staff never ask for passwords or codes",
  offline: "You are offline; please try again once the network is back",
  present: (names) => `Present: ${names}`,
  visitor: {
    listen: "a supervisor listens",
    whisper: "a supervisor advises the agent",
    barge: "a supervisor is in the call",
  },
  line: {
    connecting: "Connecting…",
    live: "Connected",
    trouble: "The connection was cut; bringing it back…",
    replaced: "The session has moved to another page",
  },
  quality: {
    good: "",
    weak: "The network is weak: picture and sound may stall",
    bad: "The network is very poor; a better spot may help",
  },
  sharing: {
    none: "Nothing is shared",
    starting: "Please allow it in the browser's prompt",
    screen: "This page is shared",
    camera: "Your camera is shared",
  },
  paused: "You are entering a secret: the agent can't see the picture now",
  shareScreen: "Share this page",
  shareCamera: "Share camera",
  stop: "Stop sharing",
  micOn: "Microphone on",
  micOff: "Microphone off",
  end: "End",
  fold: "Fold",
  unfold: "Show",
  elsewhere: "This session goes on in another page or on another device of yours",
  here: "Go on here",
  consent: {
    screen: "Share this page?",
    camera: "Share your camera?",
    asked: {
      screen: "The agent asks you to share this page",
      camera: "The agent asks you to turn on your camera",
    },
    screenList: [
      "The agent sees this tab, and no other page, app or desktop",
      "Passwords, codes, card numbers and balances are covered",
      "The agent can point but never act for you",
      "You can stop at any time",
    ],
    cameraList: [
      "The agent sees what your camera sees",
      "Keep passwords and codes out of the picture",
      "You can stop at any time",
    ],
    yes: "Agree and share",
    no: "Cancel",
  },
  record: {
    asked: "The agent asks you to agree to a recording",
    list: [
      "Voices, what you share and the agent's marks are kept encrypted, as proof of what was done",
      "Nothing is recorded of the picture while something secret is covered",
      "You can go on asking without it, and stop it at any time",
    ],
    yes: "Agree to record",
    no: "Don't record",
    on: "Recording",
    stop: "Stop recording",
  },
  refused: {
    cancelled: "Not shared: you cancelled, or the browser did not allow it",
    device:
      "Camera or microphone can't be used: allow it in the browser and close other programs that use it",
    interrupted: "Sharing was interrupted; start it again if you need it",
    server: "Not shared",
    offline: "You are offline; please try again once the network is back",
  },
  noMedia: "This browser can't talk or share; please go on in writing",
  agentVideo: (name) => `Picture of ${name}`,
  ownVideo: "What the agent sees of you",
};

/** sessionWords is the dictionary of a locale. */
export function sessionWords(locale: Locale): SessionWords {
  return locale === "en" ? en : zh;
}

/** inLanguage takes the customer's half of a server's "中文 / English" sentence. */
export function inLanguage(text: string, locale: Locale): string {
  const cut = text.indexOf(" / ");
  if (cut < 0) return text;
  return locale === "en" ? text.slice(cut + 3) : text.slice(0, cut);
}
