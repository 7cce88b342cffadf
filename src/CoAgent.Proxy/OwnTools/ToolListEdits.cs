using System.Text.Json;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.OwnTools;

/// <summary>What changes in one server's list of tools; every other byte stays.</summary>
internal static class ToolListEdits
{
    /// <summary>The edits.</summary>
    /// <param name="list">The list.</param>
    /// <param name="addsOwn">Whether our tools are added: on the first page, which every client reads.</param>
    /// <param name="stripsSchemas">Whether <c>outputSchema</c> is taken out.</param>
    /// <param name="grown">The definitions of grown tools, each with a comma before it.</param>
    public static Edit[] Of(ListItems list, bool addsOwn, bool stripsSchemas, byte[]? grown = null)
    {
        if (!list.Array.Exists)
        {
            return [];
        }

        var kept = list.Items.Where(static item => !OwnTool.Is(item.Name)).ToArray();
        if (kept.Length < list.Items.Count)
        {
            return [Rebuilt(list, kept, addsOwn, stripsSchemas, grown ?? [])];
        }

        Edit[] schemas = stripsSchemas ? [.. kept.SelectMany(item => SchemaOf(list, item))] : [];
        return addsOwn ? [.. schemas, OwnInto(list, grown ?? [])] : schemas;
    }

    /// <summary>The list where the server has none, as the result's JSON.</summary>
    public static byte[] OwnAlone(bool isModern, byte[]? grown = null)
    {
        byte[] modern = isModern ? [.. ",\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"private\""u8] : [];
        return [.. "{\"tools\":["u8, .. OwnTool.Definitions, .. grown ?? [], (byte)']', .. modern, (byte)'}'];
    }

    /// <summary>An element of a list of tools without its <c>outputSchema</c>.</summary>
    public static ReadOnlyMemory<byte> WithoutSchema(ListItems list, ListItem item) =>
        new Splice(list.Answer.Memory(item.Item), [.. SchemaOf(list, item).Select(edit => Moved(edit, -item.Item.Start))]).ToMemory();

    /// <summary>Moves an edit to where its message stands in another.</summary>
    public static Edit Moved(Edit edit, int by) => edit with { At = edit.At with { Start = edit.At.Start + by } };

    /// <summary>The edit that takes an element's <c>outputSchema</c> out, with one of the commas beside it.</summary>
    public static IEnumerable<Edit> SchemaOf(ListItems list, ListItem item)
    {
        var json = list.Answer.Span(item.Item);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        var edits = new List<Edit>();
        reader.Read();
        var before = (int)reader.BytesConsumed;
        var isFirst = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = (int)reader.TokenStartIndex;
            var isSchema = reader.IsText("outputSchema"u8);
            var end = JsonRpcFrame.TakeValue(ref reader).End;
            if (isSchema)
            {
                var (start, stop) = isFirst ? (name, EndBehindComma(json, end)) : (before, end);
                edits.Add(new Edit(new Slice(start + item.Item.Start, stop - start), ReadOnlyMemory<byte>.Empty));
            }

            (before, isFirst) = (end, false);
        }

        return edits;
    }

    private static int EndBehindComma(ReadOnlySpan<byte> json, int end)
    {
        var next = end + (json.Length - end - json[end..].TrimStart(" \t\r\n"u8).Length);
        return json[next] == (byte)',' ? next + 1 : end;
    }

    private static Edit OwnInto(ListItems list, byte[] grown)
    {
        byte[] own = list.Items.Count > 0 ? [(byte)',', .. OwnTool.Definitions, .. grown] : [.. OwnTool.Definitions, .. grown];
        return Edit.Insert(list.Array.End - 1, own);
    }

    // Two tools of one name would be one too many for a client: ours is the one that is called.
    private static Edit Rebuilt(ListItems list, ListItem[] kept, bool addsOwn, bool stripsSchemas, byte[] grown)
    {
        using var output = new MemoryStream();
        output.WriteByte((byte)'[');
        foreach (var item in kept)
        {
            output.Write(output.Length > 1 ? ","u8 : default);
            output.Write((stripsSchemas ? WithoutSchema(list, item) : list.Answer.Memory(item.Item)).Span);
        }

        if (addsOwn)
        {
            output.Write(output.Length > 1 ? ","u8 : default);
            output.Write(OwnTool.Definitions);
            output.Write(grown);
        }

        output.WriteByte((byte)']');
        return new Edit(list.Array, output.ToArray());
    }
}
