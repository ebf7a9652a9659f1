/** Page: a heading, which is also the title of the window, and what belongs to it. */
import { type ReactNode, useEffect } from 'react'

type Props = Readonly<{ title: string; about?: ReactNode; children: ReactNode }>

export function Page({ title, about, children }: Props) {
  useEffect(() => {
    document.title = title === 'The market' ? 'Traboule' : `${title} · Traboule`
  }, [title])
  return (
    <>
      <div className="title">
        <h1>{title}</h1>
        {about !== undefined && <div className="about">{about}</div>}
      </div>
      {children}
    </>
  )
}

type CardProps = Readonly<{ title: string; aside?: ReactNode; children: ReactNode; wide?: true }>

export function Card({ title, aside, children, wide }: CardProps) {
  return (
    <section className={wide ? 'card wide' : 'card'}>
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  )
}
