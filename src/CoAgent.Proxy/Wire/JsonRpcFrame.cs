using System.Text;
using System.Text.Json;

namespace CoAgent.Proxy.Wire;

/// <summary>What a JSON-RPC message is, told by which members it has.</summary>
internal enum FrameKind
{
    /// <summary>Has a method and an id: someone waits for an answer.</summary>
    Request,

    /// <summary>Has a method and no id.</summary>
    Notification,

    /// <summary>Answers a request with a result.</summary>
    Result,

    /// <summary>Answers a request with an error.</summary>
    Error,
}

/// <summary>
/// One JSON-RPC message: its original UTF-8 and where the few members stand that a relay must see.
/// </summary>
/// <remarks>
/// The bytes are never re-serialized. Unknown members, number spellings, key order, escapes and depth survive because
/// nobody types them; what has to change is spliced (<see cref="Splice"/>). Source: mcp.md, "Relay raw, do not re-type".
/// A member that occurs twice counts with its last value, as in the parsers of the servers behind us.
/// </remarks>
internal sealed class JsonRpcFrame
{
    private JsonRpcFrame(ReadOnlyMemory<byte> utf8) => Utf8 = utf8;

    /// <summary>The message as it came, without a line end.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    public FrameKind Kind { get; private set; }

    /// <summary>The method of a request or notification; empty for an answer.</summary>
    public string Method { get; private set; } = "";

    /// <summary>The id's own spelling, quotes included.</summary>
    public Slice Id { get; private set; }

    /// <summary>The value of <c>params</c>, <c>result</c> or <c>error</c>: what the message is about.</summary>
    public Slice Body { get; private set; }

    /// <summary>True when the body is a JSON object, so that its members can be peeked at and added to.</summary>
    public bool BodyIsObject { get; private set; }

    /// <summary>Where members of interest of the body stand.</summary>
    public BodyMembers Members { get; private set; }

    /// <summary>True for a request or notification whose method is <paramref name="method"/>.</summary>
    public bool Is(string method) => string.Equals(Method, method, StringComparison.Ordinal);

    public bool IsAnswer => Kind is FrameKind.Result or FrameKind.Error;

    /// <summary>The id's spelling as a key; the empty string when there is none.</summary>
    public string IdKey => KeyOf(Id);

    public ReadOnlySpan<byte> Span(Slice slice) => slice.Of(Utf8.Span);

    public ReadOnlyMemory<byte> Memory(Slice slice) => Utf8.Slice(slice.Start, slice.Length);

    /// <summary>A member's spelling as a key: two values are the same key when they are spelled the same.</summary>
    public string KeyOf(Slice slice) => slice.Exists ? Encoding.UTF8.GetString(Span(slice)) : "";

    /// <summary>The text of a string member; null when it is absent or no string.</summary>
    public string? TextOf(Slice slice)
    {
        if (!slice.Exists || Utf8.Span[slice.Start] != (byte)'"')
        {
            return null;
        }

        var reader = new Utf8JsonReader(Span(slice));
        reader.Read();
        return reader.ReadText();
    }

    /// <summary>Where the value of a member of the body stands that is not among <see cref="Members"/>.</summary>
    public Slice BodyMember(ReadOnlySpan<byte> name)
    {
        if (!BodyIsObject)
        {
            return Slice.None;
        }

        var found = Slice.None;
        var reader = new Utf8JsonReader(Span(Body), new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isWanted = reader.IsText(name);
            var value = TakeValue(ref reader);
            found = isWanted ? value with { Start = value.Start + Body.Start } : found;
        }

        return found;
    }

    /// <summary>Reads a message; a fault is told in words when it is none.</summary>
    /// <param name="utf8">The bytes of one message; kept, not copied.</param>
    /// <param name="depthMax">How deep arrays and objects may nest.</param>
    /// <param name="frame">The message.</param>
    /// <param name="fault">What is wrong with it, and the JSON-RPC code that says so.</param>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, int depthMax, out JsonRpcFrame frame, out FrameFault fault)
    {
        frame = new JsonRpcFrame(utf8);
        try
        {
            fault = frame.Read(depthMax);
            return fault == FrameFault.None;
        }
        catch (JsonException error)
        {
            fault = IsJson(utf8.Span) ? FrameFault.TooDeep(depthMax) : FrameFault.NotJson(error);
            return false;
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
                // To the end: only there is it known that all of it is JSON.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads a message that this process wrote itself.</summary>
    public static JsonRpcFrame Parse(ReadOnlyMemory<byte> utf8) =>
        TryParse(utf8, depthMax: 1_000, out var frame, out var fault)
            ? frame
            : throw new InvalidOperationException($"A message written here is malformed: {fault.Message}");

    private FrameFault Read(int depthMax)
    {
        var reader = new Utf8JsonReader(Utf8.Span, new JsonReaderOptions { MaxDepth = depthMax });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return reader.TokenType == JsonTokenType.StartArray ? FrameFault.Batch : FrameFault.NotAnObject;
        }

        var seen = default(Envelope);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(ref reader, ref seen);
        }

        reader.Read(); // throws on anything behind the object
        var fault = Classify(seen);
        if (fault == FrameFault.None && seen.HasForeignBody(Kind))
        {
            ReadOnlyBody(Kind, depthMax);
        }

        return fault;
    }

    // Who sends both "params" and "result" must not make us look at one while the server looks at the other.
    private void ReadOnlyBody(FrameKind kind, int depthMax)
    {
        (Body, BodyIsObject, Members) = (Slice.None, false, default);
        var member = kind switch
        {
            FrameKind.Result => "result"u8,
            FrameKind.Error => "error"u8,
            _ => "params"u8,
        };
        var reader = new Utf8JsonReader(Utf8.Span, new JsonReaderOptions { MaxDepth = depthMax });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.IsText(member))
            {
                ReadBody(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadMember(ref Utf8JsonReader reader, ref Envelope seen)
    {
        if (reader.IsText("id"u8))
        {
            Id = TakeValue(ref reader);
            seen.HasId = reader.TokenType is JsonTokenType.Number or JsonTokenType.String;
            seen.IdIsNull = reader.TokenType == JsonTokenType.Null;
        }
        else if (reader.IsText("method"u8))
        {
            reader.Read();
            seen.HasMethod = reader.TokenType == JsonTokenType.String;
            Method = seen.HasMethod ? MethodNames.Get(ref reader) : "";
            reader.Skip();
        }
        else if (reader.IsText("jsonrpc"u8))
        {
            reader.Read();
            seen.IsVersion2 = reader.TokenType == JsonTokenType.String && reader.IsText("2.0"u8);
            reader.Skip();
        }
        else if (reader.IsText("params"u8))
        {
            seen.HasParams = true;
            ReadBody(ref reader);
        }
        else if (reader.IsText("result"u8))
        {
            seen.HasResult = true;
            ReadBody(ref reader);
        }
        else if (reader.IsText("error"u8))
        {
            seen.HasError = true;
            ReadBody(ref reader);
        }
        else
        {
            reader.Skip();
        }
    }

    private void ReadBody(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        BodyIsObject = reader.TokenType == JsonTokenType.StartObject;
        if (BodyIsObject)
        {
            Members = BodyMembers.Read(ref reader);
        }
        else
        {
            Members = default;
            reader.Skip();
        }

        Body = new Slice(start, (int)reader.BytesConsumed - start);
    }

    private FrameFault Classify(Envelope seen)
    {
        if (!seen.IsVersion2)
        {
            return FrameFault.NotVersion2;
        }

        if (seen.HasMethod)
        {
            // An id that is null or no id at all would wait for an answer that can't be matched: MCP forbids it.
            Kind = Id.Exists ? FrameKind.Request : FrameKind.Notification;
            return Id.Exists && !seen.HasId ? FrameFault.BadId : FrameFault.None;
        }

        Kind = seen.HasError ? FrameKind.Error : FrameKind.Result;
        if (!seen.HasResult && !seen.HasError)
        {
            return FrameFault.NoMethod;
        }

        return seen.HasId || (seen.HasError && seen.IdIsNull) ? FrameFault.None : FrameFault.BadId;
    }

    /// <summary>Reads the value behind a property name and tells where it stands.</summary>
    internal static Slice TakeValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var type = reader.TokenType;
        if (type is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            reader.Skip();
        }

        return new Slice(start, (int)reader.BytesConsumed - start);
    }

    private struct Envelope
    {
        public bool IsVersion2;
        public bool HasId;
        public bool IdIsNull;
        public bool HasMethod;
        public bool HasParams;
        public bool HasResult;
        public bool HasError;

        /// <summary>Whether a body was seen that is not the one of this kind of message.</summary>
        public readonly bool HasForeignBody(FrameKind kind) => kind switch
        {
            FrameKind.Result => HasParams || HasError,
            FrameKind.Error => HasParams || HasResult,
            _ => HasResult || HasError,
        };
    }
}
