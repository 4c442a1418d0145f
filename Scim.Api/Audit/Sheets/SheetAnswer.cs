namespace Scim.Api.Audit.Sheets;

/// <summary>A sheet as an answer: a page to look at, or a file.</summary>
internal sealed class SheetAnswer(Sheet sheet, SheetFormat format) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var started = false;
        await foreach (var piece in sheet.Pieces(format, httpContext.RequestAborted))
        {
            if (!started) Describe(httpContext.Response, sheet, format); // what fails before the first piece is answered as a failure
            started = true;
            await httpContext.Response.Body.WriteAsync(piece, httpContext.RequestAborted);
        }
    }

    internal static void Describe(HttpResponse response, Sheet sheet, SheetFormat format)
    {
        response.ContentType = format.MediaType;
        response.Headers.XContentTypeOptions = "nosniff";
        if (format is HtmlFormat) response.Headers.ContentSecurityPolicy = HtmlFormat.Policy;
        else response.Headers.ContentDisposition = $"attachment; filename=\"{sheet.Name}.{format.Name}\"";
    }
}
