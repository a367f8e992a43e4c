import inter400 from "@fontsource/inter/files/inter-latin-400-normal.woff2" with { type: "file" };
import inter500 from "@fontsource/inter/files/inter-latin-500-normal.woff2" with { type: "file" };
import inter400Ext from "@fontsource/inter/files/inter-latin-ext-400-normal.woff2" with {
  type: "file",
};
import inter500Ext from "@fontsource/inter/files/inter-latin-ext-500-normal.woff2" with {
  type: "file",
};
import lato400 from "@fontsource/lato/files/lato-latin-400-normal.woff2" with { type: "file" };
import lato700 from "@fontsource/lato/files/lato-latin-700-normal.woff2" with { type: "file" };
import lato400Ext from "@fontsource/lato/files/lato-latin-ext-400-normal.woff2" with {
  type: "file",
};
import lato700Ext from "@fontsource/lato/files/lato-latin-ext-700-normal.woff2" with {
  type: "file",
};
import montserrat400 from "@fontsource/montserrat/files/montserrat-latin-400-normal.woff2" with {
  type: "file",
};
import montserrat500 from "@fontsource/montserrat/files/montserrat-latin-500-normal.woff2" with {
  type: "file",
};
import montserrat400Ext from "@fontsource/montserrat/files/montserrat-latin-ext-400-normal.woff2" with {
  type: "file",
};
import montserrat500Ext from "@fontsource/montserrat/files/montserrat-latin-ext-500-normal.woff2" with {
  type: "file",
};
import neucha400 from "@fontsource/neucha/files/neucha-latin-400-normal.woff2" with {
  type: "file",
};
import newsCycle700 from "@fontsource/news-cycle/files/news-cycle-latin-700-normal.woff2" with {
  type: "file",
};
import newsCycle700Ext from "@fontsource/news-cycle/files/news-cycle-latin-ext-700-normal.woff2" with {
  type: "file",
};
import nunito400 from "@fontsource/nunito/files/nunito-latin-400-normal.woff2" with {
  type: "file",
};
import nunito600 from "@fontsource/nunito/files/nunito-latin-600-normal.woff2" with {
  type: "file",
};
import nunito400Ext from "@fontsource/nunito/files/nunito-latin-ext-400-normal.woff2" with {
  type: "file",
};
import nunito600Ext from "@fontsource/nunito/files/nunito-latin-ext-600-normal.woff2" with {
  type: "file",
};
import nunitoSans300 from "@fontsource/nunito-sans/files/nunito-sans-latin-300-normal.woff2" with {
  type: "file",
};
import nunitoSans600 from "@fontsource/nunito-sans/files/nunito-sans-latin-600-normal.woff2" with {
  type: "file",
};
import nunitoSans300Ext from "@fontsource/nunito-sans/files/nunito-sans-latin-ext-300-normal.woff2" with {
  type: "file",
};
import nunitoSans600Ext from "@fontsource/nunito-sans/files/nunito-sans-latin-ext-600-normal.woff2" with {
  type: "file",
};
import openSans300 from "@fontsource/open-sans/files/open-sans-latin-300-normal.woff2" with {
  type: "file",
};
import openSans400 from "@fontsource/open-sans/files/open-sans-latin-400-normal.woff2" with {
  type: "file",
};
import openSans700 from "@fontsource/open-sans/files/open-sans-latin-700-normal.woff2" with {
  type: "file",
};
import openSans300Ext from "@fontsource/open-sans/files/open-sans-latin-ext-300-normal.woff2" with {
  type: "file",
};
import openSans400Ext from "@fontsource/open-sans/files/open-sans-latin-ext-400-normal.woff2" with {
  type: "file",
};
import openSans700Ext from "@fontsource/open-sans/files/open-sans-latin-ext-700-normal.woff2" with {
  type: "file",
};
import roboto400 from "@fontsource/roboto/files/roboto-latin-400-normal.woff2" with {
  type: "file",
};
import roboto500 from "@fontsource/roboto/files/roboto-latin-500-normal.woff2" with {
  type: "file",
};
import roboto400Ext from "@fontsource/roboto/files/roboto-latin-ext-400-normal.woff2" with {
  type: "file",
};
import roboto500Ext from "@fontsource/roboto/files/roboto-latin-ext-500-normal.woff2" with {
  type: "file",
};
import sourceSansPro400 from "@fontsource/source-sans-pro/files/source-sans-pro-latin-400-normal.woff2" with {
  type: "file",
};
import sourceSansPro700 from "@fontsource/source-sans-pro/files/source-sans-pro-latin-700-normal.woff2" with {
  type: "file",
};
import sourceSansPro400Ext from "@fontsource/source-sans-pro/files/source-sans-pro-latin-ext-400-normal.woff2" with {
  type: "file",
};
import sourceSansPro700Ext from "@fontsource/source-sans-pro/files/source-sans-pro-latin-ext-700-normal.woff2" with {
  type: "file",
};
import ubuntu400 from "@fontsource/ubuntu/files/ubuntu-latin-400-normal.woff2" with {
  type: "file",
};
import ubuntu700 from "@fontsource/ubuntu/files/ubuntu-latin-700-normal.woff2" with {
  type: "file",
};
import ubuntu400Ext from "@fontsource/ubuntu/files/ubuntu-latin-ext-400-normal.woff2" with {
  type: "file",
};
import ubuntu700Ext from "@fontsource/ubuntu/files/ubuntu-latin-ext-700-normal.woff2" with {
  type: "file",
};

/** Where the files of the themes' fonts lie: of each weight the Latin letters, and apart the rarer ones. */
export const fontFiles = {
  "inter-400.woff2": inter400,
  "inter-400-ext.woff2": inter400Ext,
  "inter-500.woff2": inter500,
  "inter-500-ext.woff2": inter500Ext,
  "lato-400.woff2": lato400,
  "lato-400-ext.woff2": lato400Ext,
  "lato-700.woff2": lato700,
  "lato-700-ext.woff2": lato700Ext,
  "montserrat-400.woff2": montserrat400,
  "montserrat-400-ext.woff2": montserrat400Ext,
  "montserrat-500.woff2": montserrat500,
  "montserrat-500-ext.woff2": montserrat500Ext,
  "neucha-400.woff2": neucha400,
  "news-cycle-700.woff2": newsCycle700,
  "news-cycle-700-ext.woff2": newsCycle700Ext,
  "nunito-400.woff2": nunito400,
  "nunito-400-ext.woff2": nunito400Ext,
  "nunito-600.woff2": nunito600,
  "nunito-600-ext.woff2": nunito600Ext,
  "nunito-sans-300.woff2": nunitoSans300,
  "nunito-sans-300-ext.woff2": nunitoSans300Ext,
  "nunito-sans-600.woff2": nunitoSans600,
  "nunito-sans-600-ext.woff2": nunitoSans600Ext,
  "open-sans-300.woff2": openSans300,
  "open-sans-300-ext.woff2": openSans300Ext,
  "open-sans-400.woff2": openSans400,
  "open-sans-400-ext.woff2": openSans400Ext,
  "open-sans-700.woff2": openSans700,
  "open-sans-700-ext.woff2": openSans700Ext,
  "roboto-400.woff2": roboto400,
  "roboto-400-ext.woff2": roboto400Ext,
  "roboto-500.woff2": roboto500,
  "roboto-500-ext.woff2": roboto500Ext,
  "source-sans-pro-400.woff2": sourceSansPro400,
  "source-sans-pro-400-ext.woff2": sourceSansPro400Ext,
  "source-sans-pro-700.woff2": sourceSansPro700,
  "source-sans-pro-700-ext.woff2": sourceSansPro700Ext,
  "ubuntu-400.woff2": ubuntu400,
  "ubuntu-400-ext.woff2": ubuntu400Ext,
  "ubuntu-700.woff2": ubuntu700,
  "ubuntu-700-ext.woff2": ubuntu700Ext,
} as const;

export type FontFile = keyof typeof fontFiles;
