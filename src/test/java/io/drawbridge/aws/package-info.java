/** What administrators set up in AWS: the templates in the folder aws, held against what the product asks and takes. */
@NullMarked
package io.drawbridge.aws;

import org.jspecify.annotations.NullMarked;
