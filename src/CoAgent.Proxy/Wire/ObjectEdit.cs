using System.Buffers;
using System.Text;
using System.Text.Json;

namespace CoAgent.Proxy.Wire;

/// <summary>Adds members to JSON objects inside a message without touching the bytes around them.</summary>
internal static class ObjectEdit
{
    /// <summary>
    /// Puts members into the <c>_meta</c> of a message's body, making it when there is none. Members of ours that
    /// somebody else sent are dropped: only the proxy speaks under its prefix.
    /// </summary>
    /// <param name="frame">A message whose body is an object.</param>
    /// <param name="membersUtf8">One or more members, <c>"key":value</c>, joined by commas; may be empty.</param>
    public static Edit IntoMeta(JsonRpcFrame frame, ReadOnlySpan<byte> membersUtf8)
    {
        var meta = frame.Members.Meta;
        if (!meta.Exists)
        {
            return IntoObject(frame, frame.Body, [.. "\"_meta\":{"u8, .. membersUtf8, (byte)'}']);
        }

        if (frame.Utf8.Span[meta.Start] != (byte)'{')
        {
            return new Edit(meta, (byte[])[(byte)'{', .. membersUtf8, (byte)'}']);
        }

        return MetaMembers.Of(frame).HasOwn
            ? new Edit(meta, WithoutOwn(frame.Span(meta), membersUtf8))
            : IntoObject(frame, meta, membersUtf8.ToArray());
    }

    /// <summary>Puts members into the <c>_meta</c> of a request, making it and <c>params</c> where they are missing.</summary>
    public static Edit IntoRequestMeta(JsonRpcFrame request, byte[] membersUtf8)
    {
        var meta = request.Members.Meta;
        if (!meta.Exists)
        {
            return IntoParams(request, [.. "\"_meta\":{"u8, .. membersUtf8, (byte)'}']);
        }

        return request.Utf8.Span[meta.Start] == (byte)'{'
            ? IntoObject(request, meta, membersUtf8)
            : new Edit(meta, (byte[])[(byte)'{', .. membersUtf8, (byte)'}']);
    }

    /// <summary>Puts members into <c>params</c>, making it where it is missing.</summary>
    public static Edit IntoParams(JsonRpcFrame request, byte[] membersUtf8) =>
        request.BodyIsObject
            ? IntoObject(request, request.Body, membersUtf8)
            : Edit.Insert(request.Utf8.Span.LastIndexOf((byte)'}'), (byte[])[.. ",\"params\":{"u8, .. membersUtf8, (byte)'}']);

    /// <summary>Puts members at the start of an object.</summary>
    public static Edit IntoObject(JsonRpcFrame frame, Slice at, byte[] membersUtf8)
    {
        var inside = frame.Span(at)[1..].TrimStart(" \t\r\n"u8);
        byte[] members = inside[0] == (byte)'}' || membersUtf8.Length == 0 ? membersUtf8 : [.. membersUtf8, (byte)','];
        return Edit.Insert(at.Start + 1, members);
    }

    /// <summary>One member, ready to be put in.</summary>
    public static byte[] Member(string name, ReadOnlySpan<byte> valueUtf8) =>
        [.. Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(name)}\":"), .. valueUtf8];

    /// <summary>A string as JSON.</summary>
    public static byte[] Text(string value) => Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(value)}\"");

    private static byte[] WithoutOwn(ReadOnlySpan<byte> meta, ReadOnlySpan<byte> membersUtf8)
    {
        var output = new ArrayBufferWriter<byte>(meta.Length + membersUtf8.Length);
        output.Write("{"u8);
        output.Write(membersUtf8);
        var reader = new Utf8JsonReader(meta, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isOwn = MetaMembers.IsOwn(in reader);
            var value = JsonRpcFrame.TakeValue(ref reader);
            if (!isOwn)
            {
                output.Write(output.WrittenCount > 1 ? ","u8 : default);
                output.Write(meta[start..value.End]);
            }
        }

        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }
}
