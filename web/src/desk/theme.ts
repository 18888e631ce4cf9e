import type { ThemeConfig } from "antd";

/**
 * deskTheme gives antd the product's colours (design/tokens.css). Greys are darker than
 * antd's own, which do not reach 4.5 : 1 on our grounds.
 */
export const deskTheme: ThemeConfig = {
  token: {
    // Dialogs stand at once: a click never meets a button that is still moving.
    motion: false,
    colorPrimary: "#0c5a70",
    colorInfo: "#0c5a70",
    colorLink: "#0c5a70",
    colorSuccess: "#146c43",
    colorWarning: "#7a4d05",
    colorError: "#b3261e",
    colorWarningBg: "#fdf5e6",
    colorWarningBorder: "#e5c185",
    colorErrorBg: "#fdeeec",
    colorText: "#14252d",
    colorTextSecondary: "#4a5f69",
    colorTextTertiary: "#566a74",
    colorTextQuaternary: "#566a74",
    colorTextPlaceholder: "#5f727b",
    colorTextDisabled: "#5f727b",
    colorTextDescription: "#4a5f69",
    colorBorder: "#c4d0d5",
    colorBorderSecondary: "#dfe6e9",
    colorBgLayout: "#f3f6f7",
    borderRadius: 10,
    fontFamily:
      '-apple-system, "PingFang SC", "HarmonyOS Sans SC", "MiSans", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", system-ui, sans-serif',
    fontSize: 14,
    controlHeight: 36,
    wireframe: false,
  },
  components: {
    Segmented: { itemSelectedBg: "#ffffff", trackBg: "#e3ebee", itemColor: "#32474f" },
    Tabs: { horizontalMargin: "0" },
  },
};
