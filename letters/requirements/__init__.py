"""What each letter must hold and may not say, as data: the one place to read, or to change, what makes a letter void.

`letters.checking` holds every letter against these tables when it is rendered. Patterns are regular expressions over
the wording alone, without case: a value that was filled in stands in them as `[text]`, `[amount]`, `[date]` or
`[number]`, so that what somebody is called can neither make a letter void nor save it.

`required` says which parts each letter must hold (`part`: what a part is; `parties`, `claim`, `terms`, `answers`: the
parts by subject), `forbidden` what none may say, `limits` to whom it may go and what it may claim.

Sources: art. 6:50, 6:82, 6:96 lid 5-7, 3:317, 3:318 BW; Besluit vergoeding voor buitengerechtelijke incassokosten;
HR 25-11-2016 ECLI:NL:HR:2016:2704 (the term of the 14-day letter); art. 3.1 Besluit kwaliteit incassodienstverlening;
Book XIX of the Belgian Code of Economic Law.
"""
