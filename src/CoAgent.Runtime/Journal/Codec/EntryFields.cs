using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Journal.Codec;

/// <summary>The entries' own members as fields, in their order.</summary>
internal static class EntryFields
{
    public static (int Kind, long? Call) Write(FieldWriter body, JournalEntry.Opened entry, int kind)
    {
        body.Text(entry.BootId);
        OptionsCodec.Write(body, entry.Options);
        body.Bool(entry.IsFresh);
        return (kind, null);
    }

    public static (int Kind, long? Call) Write(FieldWriter body, JournalEntry.Taken entry, int kind)
    {
        InputCodec.Write(body, entry.Input);
        return (kind, null);
    }

    public static (int Kind, long? Call) Write(FieldWriter body, PieceWriter pieces, JournalEntry.Proposed entry, int kind)
    {
        InputCodec.Write(body, entry.Input);
        var (id, agent, request) = entry.Call;
        body.Write(id);
        body.Write(agent);
        body.Text(request.Server);
        body.Text(request.Tool);
        pieces.Text(request.ArgumentsUtf8.Span);
        body.Bool(entry.IsErrorAnOutcome);
        return (kind, id.Number);
    }

    public static (int Kind, long? Call) Write(FieldWriter body, PieceWriter pieces, JournalEntry.Prepared entry, int kind)
    {
        body.Write(entry.Effect);
        body.Write(entry.Call);
        pieces.Opaque(entry.Before.ManifestUtf8.Span);
        body.Number(entry.Before.Contents.Length);
        foreach (var content in entry.Before.Contents)
        {
            body.Bits(content.Id.Value);
        }

        return (kind, entry.Call.Number);
    }

    public static (int Kind, long? Call) Write(FieldWriter body, PieceWriter pieces, JournalEntry.Ended entry, int kind)
    {
        InputCodec.Write(body, entry.Input);
        body.Write(entry.Call);
        body.Bool(entry.Result is not null);
        if (entry.Result is { } result)
        {
            body.Choice(result.Kind);
            pieces.Text(result.Utf8.Span);
        }

        pieces.Opaque(entry.AfterUtf8.Span);
        body.OptionalText(entry.Reason);
        return (kind, entry.Call.Number);
    }

    public static (int Kind, long? Call) Write(FieldWriter body, JournalEntry.Released entry, int kind)
    {
        body.Write(entry.Calls);
        return (kind, null);
    }

    public static (int Kind, long? Call) Write(FieldWriter body, JournalEntry.Resolved entry, int kind)
    {
        InputCodec.Write(body, entry.Input);
        body.OptionalText(entry.Reason);
        return (kind, null);
    }

    public static JournalEntry.Resolved ReadResolved(ref FieldReader body, DateTimeOffset at) =>
        new(at, ReadInput<Input.Resolve>(ref body), body.OptionalText());

    public static JournalEntry.Opened ReadOpened(ref FieldReader body, DateTimeOffset at) =>
        new(at, body.Text(), OptionsCodec.Read(ref body), body.Bool());

    public static JournalEntry.Proposed ReadProposed(ref FieldReader body, ref PieceReader pieces, DateTimeOffset at)
    {
        var input = ReadInput<Input.Propose>(ref body);
        var (id, agent) = (body.Call(), body.Agent());
        var request = new ToolRequest(body.Text(), body.Text(), pieces.Text(ref body));
        return new JournalEntry.Proposed(at, input, new NamedCall(id, agent, request), body.Bool());
    }

    public static JournalEntry.Prepared ReadPrepared(ref FieldReader body, ref PieceReader pieces, DateTimeOffset at)
    {
        var (effect, call) = (body.Effect(), body.Call());
        var manifest = pieces.Opaque(ref body);
        var contents = ImmutableArray.CreateBuilder<Content>(body.Count());
        for (var i = contents.Capacity; i > 0; i--)
        {
            contents.Add(Content.Known(new ContentId(body.Bits())));
        }

        return new JournalEntry.Prepared(at, effect, call, new Capture(manifest, contents.MoveToImmutable()));
    }

    public static JournalEntry.Ended ReadEnded(ref FieldReader body, ref PieceReader pieces, DateTimeOffset at)
    {
        var input = ReadInput<Input.Ended>(ref body);
        var call = body.Call();
        var result = body.Bool() ? new ToolResult(body.Choice<ToolResultKind>(), pieces.Text(ref body)) : null;
        return new JournalEntry.Ended(at, input, call, result, pieces.Opaque(ref body), body.OptionalText());
    }

    private static TInput ReadInput<TInput>(ref FieldReader body)
        where TInput : Input =>
        InputCodec.Read(ref body) as TInput ?? throw new DamageException($"the input is no {typeof(TInput).Name}");
}
