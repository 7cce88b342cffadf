namespace CoAgent.Proxy.Notices;

/// <summary>How long notices may be: clients cut long results from the end, and a model pays for each word (mcp.md, "What reaches a model").</summary>
internal static class NoticeLimits
{
    /// <summary>Characters of the whole block. Beyond: a notice loses its quotes, then it is counted only.</summary>
    public const int BlockCharsMax = 8_000;

    /// <summary>Notices that are told in words; the rest is counted.</summary>
    public const int NoticesMax = 12;

    /// <summary>Calls of one notice that are named; the rest is counted.</summary>
    public const int CallsMax = 6;

    /// <summary>Objects of one notice that are named; the rest is counted.</summary>
    public const int ObjectsMax = 6;

    /// <summary>Characters of an object's id.</summary>
    public const int ObjectCharsMax = 200;

    /// <summary>Lines of one quote.</summary>
    public const int QuoteLinesMax = 40;

    /// <summary>Lines of a diff in <c>_meta</c>.</summary>
    public const int MetaDiffLinesMax = 200;

    /// <summary>Characters of one line of a quote.</summary>
    public const int QuoteLineCharsMax = 240;

    /// <summary>Characters of a line before the place where it differs that are shown.</summary>
    public const int LineLeadCharsMax = 60;

    /// <summary>Lines around a difference that are shown.</summary>
    public const int ContextLinesMax = 2;

    /// <summary>Lines between the first and the last difference that are compared; beyond, only where they lie is told.</summary>
    public const int ComparedLinesMax = 2_000;

    /// <summary>UTF-8 bytes of a value in <c>_meta</c>; beyond, there is a diff instead, cut to the same.</summary>
    public const int ValueBytesMax = 4 * 1024;

    /// <summary>Bytes of all values in one <c>_meta</c> member; beyond, further notices go without.</summary>
    public const int ValuesBytesMax = 256 * 1024;
}
