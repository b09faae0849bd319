// Everything that a page is told, tells and shows, kept to be searched.

export class Overheard {
  /**
   * `name` of the page, `kind`: console, request, response, sent, received, page;
   * of what a WebSocket brought or took also `at`, when, in ms of the browser's clock.
   */
  texts = []
  #pending = []

  note(name, kind, text, at) {
    if (text) this.texts.push({ name, kind, text, at })
  }

  async listen(name, page) {
    page.on('console', (entry) => this.note(name, 'console', entry.text()))
    page.on('request', (request) => this.note(name, 'request', `${request.url()}\n${request.postData() ?? ''}`))
    page.on('response', (response) => {
      if (!new URL(response.url()).pathname.startsWith('/v1/')) return
      // A page that is gone has taken its last answer with it.
      this.#pending.push(response.text().then((text) => this.note(name, 'response', text), () => {}))
    })
    const protocol = await page.context().newCDPSession(page)
    await protocol.send('Network.enable')
    for (const way of ['Sent', 'Received']) {
      protocol.on(`Network.webSocketFrame${way}`, ({ timestamp, response }) => this.note(name, way.toLowerCase(), response.payloadData, timestamp * 1000))
    }
  }

  /** What the page shows now, to eyes and to a screen reader. */
  async look(name, page) {
    const html = await page.content()
    const said = await page.evaluate(() => {
      const labels = [...document.querySelectorAll('*')].flatMap((e) => ['aria-label', 'aria-valuetext', 'title', 'value'].map((a) => e.getAttribute(a) ?? ''))
      return [document.title, document.body.innerText, document.body.textContent, ...labels].filter(Boolean).join('\n')
    })
    this.note(name, 'page', said)
    this.note(name, 'html', `${html}\n${html.replace(/<[^>]*>/g, '')}`)
  }

  settled() {
    return Promise.all(this.#pending)
  }

  of(name, ...kinds) {
    return this.texts.filter((t) => (!name || t.name === name) && (kinds.length === 0 || kinds.includes(t.kind))).map((t) => t.text)
  }

  /** A page's messages of a type, in order. */
  messages(name, kind, type) {
    return this.of(name, kind).map((text) => JSON.parse(text)).filter((m) => m.type === type)
  }
}
