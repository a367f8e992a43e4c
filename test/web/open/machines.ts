/** User agents of crawlers, link previews, monitors and programs, as they send them. */
const whole = `
Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)
Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)
Googlebot-Image/1.0
Googlebot-Video/1.0
Mediapartners-Google
AdsBot-Google (+http://www.google.com/adsbot.html)
APIs-Google (+https://developers.google.com/webmasters/APIs-Google.html)
FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)
Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 (compatible; Google-Read-Aloud; +https://support.google.com/webmasters/answer/1061943)
Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)
Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/126.0.0.0 Safari/537.36
Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) BingPreview/1.0b Chrome/126.0.0.0 Safari/537.36
msnbot/2.0b (+http://search.msn.com/msnbot.htm)
Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)
Mozilla/5.0 (compatible; YandexImages/3.0; +http://yandex.com/bots)
Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)
DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)
Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)
Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)
Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)
Mozilla/5.0 (compatible; MJ12bot/v1.4.8; http://mj12bot.com/)
Mozilla/5.0 (compatible; DotBot/1.2; +https://opensiteexplorer.org/dotbot)
Mozilla/5.0 (compatible; PetalBot;+https://webmaster.petalsearch.com/site/petalbot)
Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)
Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)
Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot)
Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)
Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)
CCBot/2.0 (https://commoncrawl.org/faq/)
Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)
facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)
facebookexternalhit/1.1
facebookcatalog/1.0
meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)
Twitterbot/1.0
Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)
Slackbot 1.0 (+https://api.slack.com/robots)
Slack-ImgProxy (+https://api.slack.com/robots)
TelegramBot (like TwitterBot)
WhatsApp/2.23.20.0
WhatsApp/2.2413.1 N
WhatsApp/2.21.12.21 A
Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)
LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)
Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com
Mozilla/5.0 (compatible; Mattermost-Bot/1.1)
Iframely/1.3.1 (+https://iframely.com/docs/about)
Mozilla/5.0 (compatible; Embedly/0.2; +http://support.embed.ly/)
Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0
Viber/13.3.0.5
Mozilla/5.0 (compatible; Pinterestbot/1.0; +http://www.pinterest.com/bot.html)
Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)
http.rb/5.1.1 (Mastodon/4.2.0; +https://mastodon.example/) Bot
Pleroma 2.5.0; https://pleroma.example <admin@pleroma.example>
Misskey/13.14.2
Bluesky Cardyb/1.1; +mailto:support@bsky.app
Mozilla/5.0 (compatible; Rocket.Chat/6.0)
Mozilla/5.0 (compatible; bitlybot/3.0; +http://bit.ly/)
Mozilla/4.0 (compatible; ms-office; MSOffice 16)
Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17126; Pro)
Google-PageRenderer Google (+https://developers.google.com/+/web/snippet/)
Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36
Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1
Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)
Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)
StatusCake
Mozilla/5.0 (compatible; NewRelicPinger/1.0)
Better Uptime Bot Mozilla/5.0 (Windows NT 10.0; Win64; x64)
ia_archiver (+http://www.alexa.com/site/help/webmasters; crawler@alexa.com)
Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)
W3C_Validator/1.3 http://validator.w3.org/services
Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)
Feedbin feed-id:1 - 10 subscribers
Tiny Tiny RSS/21.01 (http://tt-rss.org/)
curl/8.5.0
Wget/1.21.4
HTTPie/3.2.2
python-requests/2.31.0
Python-urllib/3.11
aiohttp/3.9.1
Go-http-client/1.1
Java/17.0.9
Apache-HttpClient/4.5.14 (Java/17.0.9)
okhttp/4.12.0
axios/1.6.2
node-fetch/1.0 (+https://github.com/bitinn/node-fetch)
undici
Bun/1.2.0
Deno/1.40.0
libwww-perl/6.72
PHP/8.2.0
GuzzleHttp/7
Ruby
Scrapy/2.11.0 (+https://scrapy.org)
PostmanRuntime/7.36.0
insomnia/8.5.1
masscan/1.3 (https://github.com/robertdavidgraham/masscan)
Mozilla/5.0 zgrab/0.x
Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)
Mozilla/5.0 (compatible; NetcraftSurveyAgent/1.0; +info@netcraft.com)
`;

/** More crawlers, by the name that stands in the usual sentence. */
const named = `
AdIdxBot Amazonbot Anchorbot AspiegelBot Awariobot BLEXBot Barkrowler BitSightBot Bravebot BuiltWithBot Cincraw
CloudflareBot Cocolyzebot Coccocbot DataForSeoBot Daumbot DeepCrawlbot Diffbot DomainStatsBot Domainsbot EzoicBot
Exabot Facebot FacebookBot Findxbot GarlikCrawler Genieo-crawler Gigabot GrapeshotCrawler Heritrix-crawler HubSpotBot
IonCrawl Jooblebot Kagibot Linespider LinkpadBot LinkdexBot MauiBot MegaIndexbot MetaJobBot MojeekBot Neevabot
NerdyBot NetSystemsResearchbot Nimbostratus-Bot OAI-SearchBot Openbot OrangeBot Pandalytics-bot Paperlibot Plukkie-bot
PiplBot Qwantbot RogerBot RyteBot SBIntuitionsBot SEOkicks-bot SafeDNSBot ScoutJet-bot SearchmetricsBot SeekportBot
SerendeputyBot Seznambot SiteAuditBot SiteCheckerBot Sogou-spider SpiderLing Startmebot Storebot SurdotlyBot TelescopeBot
Timpibot TinEyebot TrendictionBot TurnitinBot TweetmemeBot VelenPublicWebCrawler WebzioBot Woobot Wotbox-bot XoviBot
YaK-bot YisouSpider YouBot ZoominfoBot ZumBot Zoombot archivebot coccocbot-image contxbot crawler4j dotbot2 evc-batch-bot
fluffy-crawler gobyus-bot icc-crawler linkfluence-bot magpie-crawler memorybot netEstate-crawler newsbot omgili-bot
panscient-crawler proximic-bot psbot rssbot serpstatbot sitebot sistrix-crawler smtbot tigerbot trovitBot
`;

export const machines: readonly string[] = [
  "",
  ...whole.trim().split("\n"),
  ...named
    .trim()
    .split(/\s+/)
    .map((name) => `Mozilla/5.0 (compatible; ${name}/1.0; +https://bots.example/)`),
];
