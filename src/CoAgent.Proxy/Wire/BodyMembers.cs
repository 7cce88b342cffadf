using System.Text.Json;

namespace CoAgent.Proxy.Wire;

/// <summary>Where the members of <c>params</c>, <c>result</c> or <c>error</c> stand that a relay routes by.</summary>
internal struct BodyMembers
{
    /// <summary>The tool or prompt named by a call.</summary>
    public Slice Name;
    public Slice Uri;
    public Slice Arguments;
    public Slice Meta;

    /// <summary>In <c>notifications/progress</c>.</summary>
    public Slice ProgressToken;

    /// <summary>In <c>notifications/cancelled</c>.</summary>
    public Slice RequestId;

    /// <summary>In a multi round-trip result and in its retry.</summary>
    public Slice RequestState;
    public Slice ResultType;
    public Slice InputRequests;
    public Slice InputResponses;

    /// <summary>In requests about tasks and in the results that make one.</summary>
    public Slice TaskId;
    public Slice Task;

    /// <summary>In <c>completion/complete</c>.</summary>
    public Slice Reference;

    /// <summary>In lists.</summary>
    public Slice Cursor;
    public Slice NextCursor;

    /// <summary>In <c>subscriptions/listen</c> and its acknowledgement.</summary>
    public Slice Notifications;

    public Slice IsError;

    /// <summary>In an error.</summary>
    public Slice Code;

    /// <summary>Reads the object that the reader stands at; afterwards it stands at the object's end.</summary>
    public static BodyMembers Read(ref Utf8JsonReader reader)
    {
        var members = default(BodyMembers);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            members.Take(ref reader);
        }

        return members;
    }

    private void Take(ref Utf8JsonReader reader)
    {
        // The length settles most names without a comparison; the few that share one are compared.
        switch (NameLength(in reader))
        {
            case 3: TakeIf(ref reader, "uri"u8, ref Uri, "ref"u8, ref Reference); break;
            case 4: TakeIf(ref reader, "name"u8, ref Name, "code"u8, ref Code, "task"u8, ref Task); break;
            case 5: TakeIf(ref reader, "_meta"u8, ref Meta); break;
            case 6: TakeIf(ref reader, "taskId"u8, ref TaskId, "cursor"u8, ref Cursor); break;
            case 7: TakeIf(ref reader, "isError"u8, ref IsError); break;
            case 9: TakeIf(ref reader, "arguments"u8, ref Arguments, "requestId"u8, ref RequestId); break;
            case 10: TakeIf(ref reader, "resultType"u8, ref ResultType, "nextCursor"u8, ref NextCursor); break;
            case 12: TakeIf(ref reader, "requestState"u8, ref RequestState); break;
            case 13: TakeIf(ref reader, "progressToken"u8, ref ProgressToken, "inputRequests"u8, ref InputRequests,
                "notifications"u8, ref Notifications); break;
            case 14: TakeIf(ref reader, "inputResponses"u8, ref InputResponses); break;
            default: reader.Skip(); break;
        }
    }

    // A name may be spelled with escapes: it means the same to the server behind us, so it must to us. The names that are
    // looked for are ASCII, so that characters count like bytes.
    private static int NameLength(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan.Length;
        }

        return reader.ReadText()?.Length ?? -1;
    }

    private static void TakeIf(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ref Slice slot)
    {
        if (reader.IsText(name))
        {
            slot = JsonRpcFrame.TakeValue(ref reader);
        }
        else
        {
            reader.Skip();
        }
    }

    private static void TakeIf(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> first, ref Slice firstSlot, ReadOnlySpan<byte> second, ref Slice secondSlot)
    {
        if (reader.IsText(first))
        {
            firstSlot = JsonRpcFrame.TakeValue(ref reader);
        }
        else
        {
            TakeIf(ref reader, second, ref secondSlot);
        }
    }

    private static void TakeIf(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> first, ref Slice firstSlot, ReadOnlySpan<byte> second, ref Slice secondSlot,
        ReadOnlySpan<byte> third, ref Slice thirdSlot)
    {
        if (reader.IsText(first))
        {
            firstSlot = JsonRpcFrame.TakeValue(ref reader);
        }
        else
        {
            TakeIf(ref reader, second, ref secondSlot, third, ref thirdSlot);
        }
    }
}
