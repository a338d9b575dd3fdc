import { Markdown } from "../files/Markdown";

/** A text of a card, in Markdown. */
export default function NoteCard({ text }: { text: string }) {
  return <Markdown text={text} />;
}
