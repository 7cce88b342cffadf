using System.Collections.Immutable;
using System.Text.Json;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>A part of a <see cref="ValueTemplate"/>.</summary>
internal abstract record ValueNode
{
    private ValueNode()
    {
    }

    /// <summary>Writes it, filled in; answers why it cannot be, else null.</summary>
    public abstract string? Write(Rounds rounds, Utf8JsonWriter writer);

    /// <summary>A number, a truth value or <c>null</c>, or a text without placeholders.</summary>
    /// <param name="Json">As it is written.</param>
    public sealed record Literal(string Json) : ValueNode
    {
        public override string? Write(Rounds rounds, Utf8JsonWriter writer)
        {
            writer.WriteRawValue(Json, skipInputValidation: true);
            return null;
        }
    }

    /// <summary>A text with placeholders.</summary>
    /// <param name="Text">The text.</param>
    /// <param name="OwnLoops">The lists that it goes through by itself: it gives a list then.</param>
    public sealed record Leaf(TemplateText Text, ImmutableArray<int> OwnLoops) : ValueNode
    {
        /// <summary>What it stands for in this round.</summary>
        public Found Look(Rounds rounds)
        {
            if (Text.Only is not { } only)
            {
                return Text.Fill(rounds);
            }

            var found = only.LookOrDefault(rounds);
            return !found.IsNothing ? found
                : only.Absence is Absence.LeftOut ? Found.Absent.It
                : found is Found.Absent ? new Found.Misfit(only.Missing)
                : found; // null is a value where a value is asked for
        }

        public override string? Write(Rounds rounds, Utf8JsonWriter writer)
        {
            if (OwnLoops.IsEmpty)
            {
                return Write(Look(rounds), rounds, writer);
            }

            writer.WriteStartArray();
            var reason = rounds.ForEach(OwnLoops.AsSpan(), () => Write(Look(rounds), rounds, writer));
            writer.WriteEndArray();
            return reason;
        }

        private static string? Write(Found found, Rounds rounds, Utf8JsonWriter writer)
        {
            switch (found)
            {
                case Found.Absent:
                    return null;
                case Found.Misfit misfit:
                    return misfit.Reason;
                case Found.Json json:
                    var raw = json.Value.GetRawText();
                    writer.WriteRawValue(raw, skipInputValidation: true);
                    return rounds.Count(raw.Length);
                case Found.Truth truth:
                    writer.WriteBooleanValue(truth.Value);
                    return null;
                case Found.Text text:
                    writer.WriteRawValue(JsonLiteral.Quote(text.Value), skipInputValidation: true);
                    return rounds.Count(text.Value.Length);
                default:
                    throw new InvalidOperationException("A filter's list is gone through.");
            }
        }
    }

    /// <summary>A list that is written out.</summary>
    /// <param name="Items">Its elements, each with the lists that it goes through.</param>
    public sealed record List(ImmutableArray<(ValueNode Node, ImmutableArray<int> Loops)> Items) : ValueNode
    {
        public override string? Write(Rounds rounds, Utf8JsonWriter writer)
        {
            writer.WriteStartArray();
            foreach (var (node, loops) in Items)
            {
                if (rounds.ForEach(loops.AsSpan(), () => node.Write(rounds, writer)) is { } reason)
                {
                    return reason;
                }
            }

            writer.WriteEndArray();
            return null;
        }
    }

    /// <summary>An object.</summary>
    /// <param name="Items">Its members, in order.</param>
    public sealed record Members(ImmutableArray<(string Name, ValueNode Node)> Items) : ValueNode
    {
        public override string? Write(Rounds rounds, Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            foreach (var (name, node) in Items)
            {
                if (node is Leaf { OwnLoops: [] } leaf && leaf.Look(rounds) is Found.Absent)
                {
                    continue;
                }

                writer.WritePropertyName(name);
                if (node.Write(rounds, writer) is { } reason)
                {
                    return reason;
                }
            }

            writer.WriteEndObject();
            return null;
        }
    }
}
