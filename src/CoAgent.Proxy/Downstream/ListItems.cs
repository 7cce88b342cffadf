using System.Text.Json;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>One element of a list that a server answered, in its own bytes.</summary>
/// <param name="Item">Where the element stands.</param>
/// <param name="NameAt">Where its <c>name</c> stands; absent when it has none.</param>
/// <param name="Name">Its <c>name</c>; empty when it has none.</param>
/// <param name="Uri">Its <c>uri</c> or <c>uriTemplate</c>; empty when it has none.</param>
internal readonly record struct ListItem(Slice Item, Slice NameAt, string Name, string Uri);

/// <summary>The elements of a list result (<c>tools</c>, <c>prompts</c>, <c>resources</c>, <c>resourceTemplates</c>).</summary>
internal sealed record ListItems(JsonRpcFrame Answer, Slice Array, IReadOnlyList<ListItem> Items)
{
    /// <summary>Reads the list under a member of a result; empty when it is no list.</summary>
    public static ListItems Of(JsonRpcFrame answer, ReadOnlySpan<byte> member)
    {
        if (answer.Kind != FrameKind.Result || !answer.BodyIsObject)
        {
            return new ListItems(answer, Slice.None, []);
        }

        var offset = answer.Body.Start;
        var reader = new Utf8JsonReader(answer.Span(answer.Body), new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.IsText(member))
            {
                reader.Skip();
                continue;
            }

            reader.Read();
            return reader.TokenType == JsonTokenType.StartArray
                ? ReadArray(answer, ref reader, offset)
                : new ListItems(answer, Slice.None, []);
        }

        return new ListItems(answer, Slice.None, []);
    }

    private static ListItems ReadArray(JsonRpcFrame answer, ref Utf8JsonReader reader, int offset)
    {
        var start = (int)reader.TokenStartIndex + offset;
        var items = new List<ListItem>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                items.Add(ReadItem(ref reader, offset));
            }
            else
            {
                reader.Skip();
            }
        }

        return new ListItems(answer, new Slice(start, (int)reader.BytesConsumed + offset - start), items);
    }

    private static ListItem ReadItem(ref Utf8JsonReader reader, int offset)
    {
        var start = (int)reader.TokenStartIndex + offset;
        var (nameAt, name, uri) = (Slice.None, "", "");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.IsText("name"u8);
            var isUri = reader.IsText("uri"u8) || reader.IsText("uriTemplate"u8);
            var value = JsonRpcFrame.TakeValue(ref reader);
            if (isName && reader.TokenType == JsonTokenType.String)
            {
                (nameAt, name) = (value with { Start = value.Start + offset }, reader.ReadText() ?? "");
            }
            else if (isUri && reader.TokenType == JsonTokenType.String)
            {
                uri = reader.ReadText() ?? "";
            }
        }

        return new ListItem(new Slice(start, (int)reader.BytesConsumed + offset - start), nameAt, name, uri);
    }
}
